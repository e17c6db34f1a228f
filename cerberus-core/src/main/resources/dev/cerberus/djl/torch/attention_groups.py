# Attention of several sequences in one go. Their caches lie side by side in a slab, [layers, 2, slots, kv, capacity, dim], keys
# first, so that the slots from one to another are one batch of matrices, whether a sequence of the group is in each or not.
#
# members: two numbers a slot: the rows of its sequence, 0 if there is none in the group, and the tokens before them. Each
# has as many rows as the one with the most, padded as padded() says; what becomes of the others is never looked at.
# A row gets the bits that it gets alone: a batched product treats every matrix alike, and keys behind a sequence's own have
# weight zero, as in attention_exact.py.

def slot(self, slab: Tensor, index: int) -> Tensor:
    return torch.select(slab, 2, index)

# What was there may not be a number, and zero times that is not zero.
def emptied(self, slab: Tensor, index: int) -> int:
    _0 = torch.zero_(torch.select(slab, 2, index))
    return index

# Returns what bags of a group consist of, see sums(), where a row's numbers lie in a layer, see places(), and for every layer
# its numbers, the first keys of some slots and their first values, a matrix for every slot and head, and the table of their
# values.
def seen_together(self, slab: Tensor, first: int, end: int, keys: int) -> List[Tensor]:
    matrices = (end - first) * self.KV()
    capacity = torch.size(slab, 4)
    all = self.sums(matrices, capacity, keys, slab)
    wide = self.KV() * self.DIM()
    heads = torch.mul(torch.unsqueeze(torch.arange(0, self.KV(), dtype=4), 1), capacity * self.DIM())
    columns = torch.mul(torch.arange(0, wide, dtype=4), capacity)
    rows = torch.add(torch.add(heads, torch.arange(0, self.DIM(), dtype=4)), torch.size(slab, 2) * wide * capacity)
    _0 = torch.append(all, torch.cat([columns, torch.reshape(rows, [-1])], 0))
    _1 = torch.append(all, torch.cat([torch.full([wide], 1, dtype=4), torch.full([wide], self.DIM(), dtype=4)], 0))
    for i in range(torch.size(slab, 0)):
        layer = torch.select(slab, 0, i)
        some = torch.slice(layer, 1, first, end)
        columns = torch.view(torch.select(some, 0, 0), [matrices, self.DIM(), capacity])
        rows = torch.view(torch.select(some, 0, 1), [matrices, capacity, self.DIM()])
        _2 = torch.append(all, torch.view(layer, [-1]))
        _3 = torch.append(all, torch.slice(columns, 2, 0, keys))
        _4 = torch.append(all, torch.slice(rows, 1, 0, keys))
        _5 = torch.append(all, torch.view(rows, [-1, self.DIM()]))
    return all

# Where the keys and values of rows lie among a layer's numbers, [rows * 2 kv * dim]. rows: for each where its slot begins, in
# numbers, and its position there.
def places(self, rows: Tensor, cache: List[Tensor]) -> Tensor:
    pairs = torch.reshape(rows, [-1, 2])
    inside = torch.addcmul(cache[4], torch.slice(pairs, 1, 1), cache[5])
    return torch.reshape(torch.add(inside, torch.slice(pairs, 1, 0, 1)), [-1])

# What is added to the scores of a group of rows by themselves. members: two numbers a slot, see above. Returns
# [slots, 1, keys], one tensor for each kind of layer.
def masks_of_lone_rows(self, members: List[int], keys: int, like: Tensor) -> List[Tensor]:
    device = ops.prim.device(like)
    last = annotate(List[int], [])
    for s in range(torch.floordiv(torch.len(members), 2)):
        if members[2 * s] == 0:
            _0 = torch.append(last, keys)
        else:
            _1 = torch.append(last, members[2 * s + 1])
    own = torch.zeros([torch.len(last), 1, keys], dtype=self.CACHE_TYPE(), device=device)
    seen = torch.arange(0, keys, dtype=4, device=device)
    at = torch.reshape(torch.tensor(last, dtype=4, device=device), [-1, 1, 1])
    own = torch.masked_fill(own, torch.gt(seen, at), -inf)
    masks = annotate(List[Tensor], [])
    if self.UNLIMITED():
        _2 = torch.append(masks, own)
    if self.WINDOW() > 0:
        _3 = torch.append(masks, torch.masked_fill(own, torch.ge(torch.sub(at, seen), self.WINDOW()), -inf))
    return masks

# What is added to the scores of a group, see masks(). positions: of its rows, of all sequences. trees: of all sequences of
# the forward, of which the group's begin at tree. padded: rows that each has. Returns [slots * kv, query rows, keys], or the
# last columns of that, see late().
def masks_together(self, members: List[int], padded: int, keys: int, positions: List[int], trees: List[List[float]],
                   tree: int, like: Tensor) -> List[Tensor]:
    if padded == 1:
        lone = annotate(List[Tensor], [])
        for own in self.masks_of_lone_rows(members, keys, like):
            _6 = torch.append(lone, self.spread_over_slots(own))
        return lone
    all = annotate(List[Tensor], [])
    near = annotate(List[Tensor], [])
    least = keys
    for s in range(torch.floordiv(torch.len(members), 2)):
        if members[2 * s] > 0:
            least = ops.prim.min(least, members[2 * s + 1])
    row = 0
    for s in range(torch.floordiv(torch.len(members), 2)):
        rows = members[2 * s]
        if rows == 0:
            own = torch.zeros([padded, keys], dtype=self.CACHE_TYPE(), device=ops.prim.device(like))
            _0 = torch.append(all, self.late(own, least))
            _1 = torch.append(near, own)
        else:
            start = members[2 * s + 1]
            own = self.visible(rows, start, keys, trees[tree], like)
            more = [0, 0, 0, padded - rows]
            _2 = torch.append(all, self.late(torch.constant_pad_nd(own, more, 0.), least))
            if self.WINDOW() > 0:
                own = self.near(own, torch.slice(positions, row, row + rows, 1), start)
                _3 = torch.append(near, torch.constant_pad_nd(own, more, 0.))
            row = row + rows
            tree = tree + 1
    masks = annotate(List[Tensor], [])
    if self.UNLIMITED():
        _4 = torch.append(masks, self.spread_over_slots(torch.stack(all, 0)))
    if self.WINDOW() > 0:
        _5 = torch.append(masks, self.spread_over_slots(torch.stack(near, 0)))
    return masks

# own: [slots, rows, keys]. Returns [slots * kv, query rows, keys].
def spread_over_slots(self, own: Tensor) -> Tensor:
    slots = torch.size(own, 0)
    rows = torch.size(own, 1)
    keys = torch.size(own, 2)
    each = self.GROUP()
    if rows == 1 and self.LONE() > 0:
        each = self.LONE()
    all = torch.expand(torch.reshape(own, [slots, 1, rows, 1, keys]), [slots, self.KV(), rows, each, keys])
    return torch.reshape(all, [slots * self.KV(), rows * each, keys])

# cache: the views of seen_together(), the first of them empty where rows are not by themselves, and at its end three lists of
# indices: for every row of every slot the row of turned; empty if they are those of turned. For every number of a row's keys
# and values its place in a layer of the slab. For every row where its result is; empty as before. turned: rows of the group,
# [rows, (heads + 2 kv) * dim]. Returns [rows, heads * dim].
def attended_together(self, turned: Tensor, layer: int, mask: Tensor, cache: List[Tensor]) -> Tensor:
    width = self.HEADS() * self.DIM()
    last = torch.len(cache) - 3
    view = 6 + 4 * layer
    _0 = torch.scatter_(cache[view], 0, cache[last + 1], torch.reshape(torch.slice(turned, 1, width), [-1]))
    own = turned
    if torch.numel(cache[last]) > 0:
        own = torch.index_select(turned, 0, cache[last])
    slots = torch.floordiv(torch.size(mask, 0), self.KV())
    rows = torch.floordiv(torch.size(own, 0), slots)
    each = torch.floordiv(torch.size(mask, 1), rows)
    # query heads beyond the group's are keys and values, which lie behind them
    queries = torch.slice(own, 1, 0, each * self.KV() * self.DIM())
    q = torch.transpose(torch.reshape(queries, [slots, rows * each, self.KV(), self.DIM()]), 1, 2)
    q = torch.reshape(q, [slots * self.KV(), rows * each, self.DIM()])
    bags = annotate(List[Tensor], [])
    if torch.numel(cache[0]) > 0:
        bags = [cache[view + 3], cache[0], cache[1], cache[2], cache[3]]
    o = self.attention(q, cache[view + 1], cache[view + 2], mask, bags)
    if rows == 1:
        each = torch.size(o, 1)
    elif torch.size(o, 1) == self.GROUP():
        o = torch.constant_pad_nd(o, [0, 0, 0, (rows - 1) * each])
    o = torch.reshape(o, [slots, self.KV(), rows, each, self.DIM()])
    if each != self.GROUP():
        o = torch.slice(o, 3, 0, self.GROUP())
    o = torch.reshape(torch.permute(o, [0, 2, 3, 1, 4]), [slots * rows, width])
    if torch.numel(cache[last + 2]) > 0:
        o = torch.index_select(o, 0, cache[last + 2])
    return o
