# Many sequences written at once, each with the cache of a slot.

# A sampled token is the one at which the cumulative probability passes a uniform number that the caller draws, so that
# what a sequence says depends on its own numbers alone. A negative number asks for the most probable token. Returns per
# row the token, the most probable tokens' probabilities and ids, [rows, 1 + 2 ranks], and the hidden states as bytes of
# bf16.
def choose(self, h: Tensor, logits: Tensor, uniforms: List[float], scale: float, ranks: int,
           rotation: List[Tensor]) -> Tuple[Tensor, Tensor]:
    y = torch.to(logits, 6)
    u = torch.unsqueeze(torch.tensor(uniforms, dtype=6, device=ops.prim.device(y)), 1)
    p = torch.softmax(torch.mul(y, scale), 1)
    below = torch.lt(torch.cumsum(p, 1), u)
    drawn = torch.clamp(torch.sum(below, [1], False), 0, torch.size(y, 1) - 1)
    chosen = torch.where(torch.lt(torch.squeeze(u, 1), 0.), torch.argmax(y, 1), drawn)
    likely, at, = torch.topk(torch.softmax(y, 1), ranks, 1)
    found = torch.cat([torch.unsqueeze(torch.to(chosen, 6), 1), likely, torch.to(at, 6)], 1)
    states = torch.view_copy(torch.contiguous(torch.to(self.restored(h, rotation), 15)), dtype=0)
    return (found, states)

def begin(self, tokens: List[int], keys: int, uniforms: List[float], scale: float, ranks: int, vs: List[Tensor],
          ms: List[Matrix], frequencies: Tensor, rotation: List[Tensor],
          caches: List[List[Tensor]]) -> Tuple[Tensor, Tensor]:
    rows = torch.len(tokens)
    positions = annotate(List[int], [])
    for i in range(rows):
        _0 = torch.append(positions, i)
    masks = self.masks(positions, 0, keys, annotate(List[float], []), frequencies)
    x = self.forward(tokens, positions, [0, rows, 0], masks, vs, ms, frequencies, caches)
    h, logits, best, highest, = self.scores(torch.slice(x, 0, rows - 1), vs, ms)
    return self.choose(h, logits, uniforms, scale, ranks, rotation)

# One token of every sequence. lengths: tokens in each cache. keys: keys that each has to see.
def advance(self, tokens: List[int], lengths: List[int], keys: List[int], uniforms: List[float], scale: float, ranks: int,
            vs: List[Tensor], ms: List[Matrix], frequencies: Tensor, rotation: List[Tensor],
            caches: List[List[Tensor]]) -> Tuple[Tensor, Tensor]:
    spans = annotate(List[int], [])
    masks = annotate(List[Tensor], [])
    for s in range(torch.len(tokens)):
        _0 = torch.append(spans, s)
        _1 = torch.append(spans, s + 1)
        _2 = torch.append(spans, lengths[s])
        own = self.masks([lengths[s]], lengths[s], keys[s], annotate(List[float], []), frequencies)
        for m in range(torch.len(own)):
            _3 = torch.append(masks, own[m])
    x = self.forward(tokens, lengths, spans, masks, vs, ms, frequencies, caches)
    h, logits, best, highest, = self.scores(x, vs, ms)
    return self.choose(h, logits, uniforms, scale, ranks, rotation)
