# A model of the Llama family over the rows of a step. What single families compute otherwise is switched by constants, so
# that a model pays for what it has.
#
# rows: nodes of trees and pieces of prompts, of all sequences, one after another. heads: query heads. kv: key-value
# heads. group = heads / kv. dim: width of a head. x: residual stream, [rows, hidden]. vs: vectors, VECTORS() a layer, and
# what the model has once. ms: matrices, four a layer (query-key-value, output, gate-up, down) and the LM head. Layers may
# differ by kind: in how heads are rotated, and in what a row sees.
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
# - The last numbers of a product of complex numbers that fill no vector are computed by other instructions, to other last
#   bits (see pieces.py). They are values of the last row, which are multiplied by one, unless a row has few: then
#   SPARE_ROWS() follow, of which nothing is used.
# - The best token comes from max, whose kernel is several times faster than argmax's. Its score comes with it; a score
#   that is not a number is the highest of its row.

# tokens, positions: int64, [rows]. frequencies: see tables.py. masks: MASKS() a sequence. spans, masks and caches are what
# attended() makes of them. Returns what final() leaves of every row.
def forward(self, tokens: Tensor, positions: Tensor, spans: List[int], masks: List[Tensor], vs: List[Tensor],
            ms: List[Matrix], frequencies: Tensor, caches: List[List[Tensor]]) -> Tensor:
    own = torch.index_select(frequencies, 0, positions)
    x = self.embedded(tokens, vs[self.EMBEDDING()])
    if self.EMBEDDING_SCALED():
        x = torch.mul(x, self.EMBEDDING_SCALE())
    if self.KINDS() == 1:
        turn = self.turn(own, 0)
        for i in range(self.LAYERS()):
            x = self.layer(x, i, turn, spans, masks, vs, ms, caches)
    else:
        turns = annotate(List[Tensor], [])
        seen = annotate(List[List[Tensor]], [])
        masked = self.KIND_MASKS()
        for kind in range(self.KINDS()):
            _0 = torch.append(turns, self.turn(own, kind))
            _1 = torch.append(seen, torch.slice(masks, masked[kind], torch.len(masks), self.MASKS()))
        kinds = self.LAYER_KINDS()
        for i in range(self.LAYERS()):
            x = self.layer(x, i, turns[kinds[i]], spans, seen[kinds[i]], vs, ms, caches)
    return self.final(x, vs)

# What rotary embedding multiplies rows by in layers of a kind, [rows, (heads + 2 kv) * dim / 2] complex; queries also by what
# attention wants scores to be multiplied by. own: the rows' frequencies.
def turn(self, own: Tensor, kind: int) -> Tensor:
    rows = torch.size(own, 0)
    pairs = torch.floordiv(self.DIM(), 2)
    keys = own
    if self.KINDS() > 1 or self.QUERIES_GROW():
        keys = torch.slice(own, 1, kind * pairs, (kind + 1) * pairs)
    keys = torch.unsqueeze(keys, 1)
    turning = torch.expand(keys, [rows, self.HEADS() + self.KV(), -1])
    if self.QUERIES_GROW() or self.QUERIES_SCALED():
        queries = keys
        if self.QUERIES_GROW():
            queries = torch.mul(queries, torch.unsqueeze(torch.slice(own, 1, self.KINDS() * pairs), 1))
        if self.QUERIES_SCALED():
            queries = torch.mul(queries, self.QUERY_SCALE())
        turning = torch.cat([torch.expand(queries, [rows, self.HEADS(), -1]), torch.expand(keys, [rows, self.KV(), -1])], 1)
    resting = torch.ones_like(torch.expand(keys, [rows, self.KV(), -1]))
    turn = torch.reshape(torch.cat([turning, resting], 1), [rows, -1])
    if self.SPARE_ROWS() > 0:
        spare = torch.expand(torch.slice(turn, 0, 0, 1), [self.SPARE_ROWS(), -1])
        turn = torch.cat([turn, spare], 0)
    return turn

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
    if self.PRE_NORMED():
        qkv = self.normed_linear(x, vs[v], ms[m], qkv_bias, vs)
    else:
        qkv = self.reading_linear(x, ms[m], qkv_bias, vs)
    if self.QK_NORMED():
        if self.QK_NORMED_WHOLE():
            rows = qkv
            queries = self.HEADS() * self.DIM()
            width = self.KV() * self.DIM()
            q = torch.rms_norm(torch.slice(rows, 1, 0, queries), [queries], vs[v + self.Q_NORM()], self.QK_EPS())
            k = torch.rms_norm(torch.slice(rows, 1, queries, queries + width), [width], vs[v + self.K_NORM()],
                               self.QK_EPS())
            values = torch.slice(rows, 1, queries + width)
        else:
            rows = torch.reshape(qkv, [-1, self.HEADS() + 2 * self.KV(), self.DIM()])
            q = torch.rms_norm(torch.slice(rows, 1, 0, self.HEADS()), [self.DIM()], vs[v + self.Q_NORM()], self.QK_EPS())
            k = torch.rms_norm(torch.slice(rows, 1, self.HEADS(), self.HEADS() + self.KV()), [self.DIM()],
                               vs[v + self.K_NORM()], self.QK_EPS())
            values = torch.slice(rows, 1, self.HEADS() + self.KV())
        qkv = torch.reshape(torch.cat([q, k, values], 1), torch.size(qkv))
    if self.NARROW():
        qkv = torch.to(qkv, 6)
    count = torch.size(qkv, 0)
    if self.SPARE_ROWS() > 0:
        qkv = torch.constant_pad_nd(qkv, [0, 0, 0, self.SPARE_ROWS()])
    pairs = torch.view_as_complex(torch.reshape(qkv, [-1, torch.size(turn, 1), 2]))
    if torch.numel(pairs) > self.ONE_SHARE():
        some = self.pieces(pairs)
        turns = self.pieces(turn)
        for j in range(torch.len(some)):
            _0 = torch.mul_(some[j], turns[j])
    else:
        pairs = torch.mul(pairs, turn)
    turned = torch.reshape(torch.view_as_real(pairs), torch.size(qkv))
    if self.SPARE_ROWS() > 0:
        turned = torch.slice(turned, 0, 0, count)
    if self.CONVERTED():
        turned = torch.to(turned, self.CACHE_TYPE())
    o = self.attended(turned, i, spans, masks, caches)
    if self.CONVERTED():
        o = torch.to(o, self.TYPE())
    if self.POST_NORMED():
        x = self.normed_onto(self.linear(o, ms[m + 1], output_bias), vs[v + self.POST_NORM()], x)
    else:
        x = self.linear_onto(o, ms[m + 1], output_bias, x)
    if self.PRE_NORMED():
        y = self.normed_linear(x, vs[v + 1], ms[m + 2], None, vs)
    else:
        y = self.reading_linear(x, ms[m + 2], None, vs)
    g = torch.slice(y, 1, 0, self.WIDE())
    if self.TANH_GELU():
        inner = torch.mul(torch.add(g, torch.mul(torch.mul(g, g), g), alpha=0.044715), 0.7978845608028654)
        g = torch.mul(torch.mul(g, 0.5), torch.add(torch.tanh(inner), 1))
    elif torch.numel(g) > self.ONE_SHARE():
        for piece in self.pieces(g):
            _1 = torch.silu_(piece)
    else:
        g = torch.silu(g)
    z = torch.mul(g, torch.slice(y, 1, self.WIDE()))
    if self.POST_NORMED():
        x = self.normed_onto(self.down(z, ms[m + 3], vs), vs[v + self.POST_NORM() + 1], x)
    else:
        x = self.down_onto(z, ms[m + 3], vs, x)
    return x

def scores(self, h: Tensor, vs: List[Tensor], ms: List[Matrix]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    logits = self.scored(h, vs, ms[4 * self.LAYERS()])
    if self.LOGITS_CAPPED():
        logits = torch.mul(torch.tanh(torch.mul(logits, self.ONE_TO_LOGIT_CAP())), self.LOGIT_CAP())
    highest, best, = torch.max(logits, 1)
    return (h, logits, best, torch.to(highest, 6))
