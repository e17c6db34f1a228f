# A model of the Llama family over the rows of a step.
#
# rows: nodes of trees and pieces of prompts, of all sequences, one after another. heads: query heads. kv: key-value
# heads. group = heads / kv. dim: width of a head. x: residual stream, [rows, hidden]. vs: vectors, VECTORS() a layer, and
# what the model has once. ms: matrices, four a layer (query-key-value, output, gate-up, down) and the LM head.
#
# What keeps the number of operators low, which is what a step of a small model costs:
# - query, key and value are one product, gate and up another; the residual is added inside the product where the kernel
#   can.
# - Rotary position embedding is one complex product over query, key and value together, the values being multiplied by
#   one. It needs the two halves of a head interleaved; the rows of the query and key weights are permuted once at
#   loading, which leaves every score as it was.
# - Keys and values are written to the cache by one copy.
# - Grouped queries are rows of the same attention call. Query heads come in the order [group, kv], to which the query
#   and output weights are permuted at loading.
# - The best token comes from max, whose kernel is several times faster than argmax's. Its score comes with it; a score
#   that is not a number is the highest of its row.

# frequencies: [positions, dim / 2] complex. Returns what final() leaves of every row.
def forward(self, tokens: List[int], positions: List[int], spans: List[int], masks: List[Tensor], vs: List[Tensor],
            ms: List[Matrix], frequencies: Tensor, caches: List[List[Tensor]]) -> Tensor:
    ids = torch.tensor(tokens, dtype=4, device=ops.prim.device(frequencies))
    at = torch.tensor(positions, dtype=4, device=ops.prim.device(frequencies))
    own = torch.unsqueeze(torch.index_select(frequencies, 0, at), 1)
    rows = torch.len(tokens)
    turning = torch.expand(own, [rows, self.HEADS() + self.KV(), -1])
    resting = torch.ones_like(torch.expand(own, [rows, self.KV(), -1]))
    turn = torch.reshape(torch.cat([turning, resting], 1), [rows, -1])
    x = self.embedded(ids, vs[self.EMBEDDING()])
    for i in range(self.LAYERS()):
        x = self.layer(x, i, turn, spans, masks, vs, ms, caches)
    return self.final(x, vs)

def layer(self, x: Tensor, i: int, turn: Tensor, spans: List[int], masks: List[Tensor], vs: List[Tensor],
          ms: List[Matrix], caches: List[List[Tensor]]) -> Tensor:
    v = i * self.VECTORS()
    m = i * 4
    qkv_bias = annotate(Optional[Tensor], None)
    if self.QKV_BIASED():
        qkv_bias = vs[v + self.QKV_BIAS()]
    output_bias = annotate(Optional[Tensor], None)
    if self.OUTPUT_BIASED():
        output_bias = vs[v + self.OUTPUT_BIAS()]
    qkv = self.normed_linear(x, vs[v], ms[m], qkv_bias)
    if self.QK_NORMED():
        heads = torch.reshape(qkv, [-1, self.HEADS() + 2 * self.KV(), self.DIM()])
        q = torch.rms_norm(torch.slice(heads, 1, 0, self.HEADS()), [self.DIM()], vs[v + self.Q_NORM()], self.EPS())
        k = torch.rms_norm(torch.slice(heads, 1, self.HEADS(), self.HEADS() + self.KV()), [self.DIM()],
                           vs[v + self.K_NORM()], self.EPS())
        values = torch.slice(heads, 1, self.HEADS() + self.KV())
        qkv = torch.reshape(torch.cat([q, k, values], 1), torch.size(qkv))
    if self.NARROW():
        qkv = torch.to(qkv, 6)
    pairs = torch.view_as_complex(torch.reshape(qkv, [-1, torch.size(turn, 1), 2]))
    turned = torch.reshape(torch.view_as_real(torch.mul(pairs, turn)), torch.size(qkv))
    if self.CONVERTED():
        turned = torch.to(turned, self.CACHE_TYPE())
    o = self.attended(turned, i, spans, masks, caches)
    if self.CONVERTED():
        o = torch.to(o, self.TYPE())
    x = self.linear_onto(o, ms[m + 1], output_bias, x)
    y = self.normed_linear(x, vs[v + 1], ms[m + 2], None)
    g = torch.silu(torch.slice(y, 1, 0, self.WIDE()))
    return self.down_onto(torch.mul(g, torch.slice(y, 1, self.WIDE())), ms[m + 3], vs, x)

def scores(self, h: Tensor, vs: List[Tensor], ms: List[Matrix]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    logits = self.scored(h, vs, ms[4 * self.LAYERS()])
    highest, best, = torch.max(logits, 1)
    return (h, logits, best, torch.to(highest, 6))
