# The calls of a target model. Rows of all sequences lie one after another.
#
# spans: three numbers a sequence, see attention.py. keys: how many keys each sequence has to see. trees: what is added to
# the scores of the rows of a sequence among themselves, [rows * rows]; empty for one row, and for a piece of a prompt, of
# which each row sees those before.

# Returns what a step leaves of its rows.
def states(self, tokens: List[int], positions: List[int], spans: List[int], keys: List[int], trees: List[List[float]],
           vs: List[Tensor], ms: List[Matrix], frequencies: Tensor, caches: List[List[Tensor]]) -> Tensor:
    masks = annotate(List[Tensor], [])
    for s in range(torch.len(keys)):
        stand = torch.slice(positions, spans[3 * s], spans[3 * s + 1], 1)
        own = self.masks(stand, spans[3 * s + 2], keys[s], trees[s], frequencies)
        for m in range(torch.len(own)):
            _0 = torch.append(masks, own[m])
    ids = torch.tensor(tokens, dtype=4, device=ops.prim.device(frequencies))
    at = torch.tensor(positions, dtype=4, device=ops.prim.device(frequencies))
    return self.forward(ids, at, spans, masks, vs, ms, frequencies, caches)

# scored: the rows whose scores are wanted; empty for all. Returns their states, their scores, [rows, vocab], the best
# tokens, [rows], and their scores as float32, [rows].
def step(self, tokens: List[int], positions: List[int], spans: List[int], keys: List[int], trees: List[List[float]],
         scored: List[int], vs: List[Tensor], ms: List[Matrix], frequencies: Tensor,
         caches: List[List[Tensor]]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    h = self.states(tokens, positions, spans, keys, trees, vs, ms, frequencies, caches)
    if torch.len(scored) > 0:
        h = torch.index_select(h, 0, torch.tensor(scored, dtype=4, device=ops.prim.device(h)))
    return self.scores(h, vs, ms)
