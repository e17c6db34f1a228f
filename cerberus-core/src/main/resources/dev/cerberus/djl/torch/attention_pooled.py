# Attention of sequences whose keys and values lie in one pool, so that one call serves them all.
#
# pool: for every layer [rows, 2 * kv * dim], keys first. layout and tensors: see target_pooled.py; tensors are places, starts,
# regions and used; where trees have more than one row also what is added to the scores of their rows among themselves; and
# where they differ in size taken and laid. Query heads come in the order [group, kv], so that the heads that share a key head
# are so many more rows: query rows below are rows times group, of kv heads each.
#
# What a row sees is the same for all rows of a tree but for the tree itself. Behind SPLIT_FROM() tokens, and where several
# trees share a call, the two are attended to apart, the tokens without a mask, by a kernel that splits long contexts over
# the device, and put together by the sums of their weights. One tree behind fewer tokens takes one call with a mask, which
# is fewer kernels. What a small model's step costs are operators, views among them: hence as_strided.

# pool: [layers, rows, 2 * kv * dim]. Returns it layer by layer.
def layers(self, pool: Tensor) -> List[Tensor]:
    return torch.unbind(pool, 0)

def words(self, rows: int) -> int:
    return torch.floordiv(rows + 31, 32)

# bits: [trees * rows * words]. before: tokens that all rows see. Returns what is added to scores, [trees, rows * group,
# before + rows], whose rows are as far apart as kernels want them.
def biases(self, bits: Tensor, trees: int, rows: int, before: int) -> Tensor:
    columns = torch.arange(rows, dtype=4, device=ops.prim.device(bits))
    words = torch.index_select(torch.reshape(bits, [trees, rows, -1]), 2, torch.floor_divide(columns, 32))
    seen = torch.bitwise_and(torch.bitwise_right_shift(words, torch.remainder(columns, 32)), 1)
    each = torch.reshape(torch.expand(torch.unsqueeze(seen, 2), [trees, rows, self.GROUP(), rows]), [trees, -1, rows])
    keys = before + rows
    bias = torch.zeros([trees, rows * self.GROUP(), torch.floordiv(keys + 7, 8) * 8], dtype=self.CACHE_TYPE(),
                       device=ops.prim.device(bits))
    _0 = torch.masked_fill_(torch.slice(bias, 2, before, keys), torch.eq(each, 0), -inf)
    return torch.slice(bias, 2, 0, keys)

# Returns how many tokens before its tree the only tree of a step sees in one call with the tree.
def before(self, layout: List[int]) -> int:
    tokens = 0
    if layout[1] == 1 and layout[7] < self.SPLIT_FROM():
        tokens = layout[7]
    return tokens

# Keys, offset 0, or values, offset KV() * DIM(), of consecutive rows of a pool: [rows, kv, dim].
def stored(self, pool: Tensor, first: int, rows: int, offset: int) -> Tensor:
    stride = 2 * self.KV() * self.DIM()
    return torch.as_strided(pool, [rows, self.KV(), self.DIM()], [stride, self.DIM(), 1],
                            torch.storage_offset(pool) + first * stride + offset)

# turned: [rows, (heads + 2 kv) * dim]. Returns [rows, heads * dim].
def attended(self, turned: Tensor, layer: int, layout: List[int], tensors: List[Tensor], caches: List[List[Tensor]]) -> Tensor:
    pool = caches[0][layer]
    width = self.HEADS() * self.DIM()
    rows = layout[0]
    own = torch.slice(turned, 1, width)
    if layout[1] == 1 and layout[2] == rows:
        _0 = torch.copy_(torch.slice(pool, 0, layout[6] + layout[7], layout[6] + layout[7] + rows), own)
    elif layout[1] == 0 and torch.len(layout) == 12:
        _1 = torch.copy_(torch.slice(pool, 0, layout[10] + layout[11], layout[10] + layout[11] + rows), own)
    else:
        _2 = torch.index_copy_(pool, 0, tensors[0], torch.to(own, self.CACHE_TYPE()))
    q = torch.to(torch.slice(turned, 1, 0, width), self.CACHE_TYPE())
    q = torch.reshape(q, [rows * self.GROUP(), self.KV(), self.DIM()])
    if torch.len(layout) == 8:
        o = self.trees(q, pool, layout, tensors)
    else:
        parts = annotate(List[Tensor], [])
        if layout[1] > 0:
            _3 = torch.append(parts, self.trees(torch.slice(q, 0, 0, layout[2] * self.GROUP()), pool, layout, tensors))
        for p in range(torch.floordiv(torch.len(layout) - 8, 4)):
            at = 8 + 4 * p
            some = torch.slice(q, 0, layout[at] * self.GROUP(), layout[at + 1] * self.GROUP())
            _4 = torch.append(parts, self.piece(some, pool, layout[at + 2], layout[at + 3] + layout[at + 1] - layout[at]))
        o = torch.cat(parts, 0)
    return torch.reshape(o, [rows, width])

# The last rows of a text, each of which sees those before it. q: [query rows, kv, dim].
def piece(self, q: Tensor, pool: Tensor, first: int, keys: int) -> Tensor:
    each = torch.reshape(q, [-1, self.GROUP(), self.KV(), self.DIM()])
    heads = torch.reshape(torch.transpose(each, 1, 2), [-1, self.HEADS(), self.DIM()])
    o = self.flash_causal(heads, self.stored(pool, first, keys, 0), self.stored(pool, first, keys, self.KV() * self.DIM()))
    o = torch.transpose(torch.reshape(o, [-1, self.KV(), self.GROUP(), self.DIM()]), 1, 2)
    return torch.reshape(o, [-1, self.KV(), self.DIM()])

# q: [query rows, kv, dim]. Returns the same.
def trees(self, q: Tensor, pool: Tensor, layout: List[int], tensors: List[Tensor]) -> Tensor:
    trees = layout[1]
    rows = layout[3]
    offset = self.KV() * self.DIM()
    first = layout[6]
    tokens = layout[7]
    if rows == 1 and trees == 1:
        o, sums, = self.flash(q, self.stored(pool, first, tokens + 1, 0), self.stored(pool, first, tokens + 1, offset))
    elif rows == 1:
        o, sums, = self.flash_many(q, pool, tensors[1], tensors[2], torch.add(tensors[3], 1), 1, layout[4] + 1)
    elif trees == 1:
        before = self.before(layout)
        start = first + tokens - before
        o, sums, = self.biased(q, self.stored(pool, start, before + rows, 0), self.stored(pool, start, before + rows, offset),
                               1, tensors[4])
        if before < tokens:
            seen, weights, = self.flash(q, self.stored(pool, first, tokens, 0), self.stored(pool, first, tokens, offset))
            o = self.together(seen, weights, o, sums)
    else:
        places = torch.slice(tensors[0], 0, 0, layout[2])
        padded = q
        if torch.len(tensors) > 5:
            places = torch.index_select(tensors[0], 0, tensors[5])
            padded = self.selected(q, tensors[5])
        written = torch.index_select(pool, 0, places)
        o, sums, = self.biased(padded, self.stored(written, 0, trees * rows, 0), self.stored(written, 0, trees * rows, offset),
                               trees, tensors[4])
        if torch.len(tensors) > 5:
            o = self.selected(o, tensors[6])
            sums = self.selected(sums, tensors[6])
        seen, weights, = self.flash_many(q, pool, tensors[1], tensors[2], tensors[3], rows, layout[4])
        if layout[5] > 0:
            weights = torch.masked_fill(weights, torch.eq(weights, inf), -inf)
        o = self.together(seen, weights, o, sums)
    return o

# All query rows of some rows.
def selected(self, all: Tensor, rows: Tensor) -> Tensor:
    found = torch.index_select(torch.unflatten(all, 0, [-1, self.GROUP()]), 0, rows)
    return torch.flatten(found, 0, 1)

# Two parts of an attention, [query rows, kv, dim], by the logarithms of the sums of their weights, [query rows, kv].
def together(self, a: Tensor, a_sums: Tensor, b: Tensor, b_sums: Tensor) -> Tensor:
    share = torch.unsqueeze(torch.sigmoid(torch.sub(a_sums, b_sums)), 2)
    return torch.to(torch.add(torch.mul(torch.sub(a, b), share), b), self.CACHE_TYPE())

# Returns a pool with more rows behind those that it has.
def grown(self, pool: Tensor, more: int) -> Tensor:
    return torch.constant_pad_nd(pool, [0, 0, 0, more], 0.)

# Copies rows of a pool to other places of it, which may overlap.
def moved(self, pool: Tensor, source: int, target: int, rows: int) -> int:
    kept = torch.clone(torch.slice(pool, 1, source, source + rows))
    _0 = torch.copy_(torch.slice(pool, 1, target, target + rows), kept)
    return rows

# first: the row of the pool that a tree begins at.
def commit(self, pool: Tensor, first: int, path: List[int]) -> int:
    rows = torch.to(torch.tensor(path, dtype=4), ops.prim.device(pool))
    kept = torch.index_select(torch.slice(pool, 1, first), 1, rows)
    _0 = torch.copy_(torch.slice(pool, 1, first, first + torch.len(path)), kept)
    return torch.len(path)
