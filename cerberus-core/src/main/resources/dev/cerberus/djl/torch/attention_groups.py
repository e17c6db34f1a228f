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

# Returns for every layer all rows of the slab, the first keys of some slots, transposed, and their first values, a matrix
# for every slot and head.
def seen_together(self, slab: Tensor, first: int, end: int, keys: int) -> List[Tensor]:
    all = annotate(List[Tensor], [])
    batch = [(end - first) * self.KV(), torch.size(slab, 4), self.DIM()]
    for i in range(torch.size(slab, 0)):
        layer = torch.select(slab, 0, i)
        some = torch.slice(layer, 1, first, end)
        _0 = torch.append(all, torch.view(layer, [-1, self.DIM()]))
        seen = torch.slice(torch.view(torch.select(some, 0, 0), batch), 1, 0, keys)
        _1 = torch.append(all, torch.transpose(seen, 1, 2))
        _2 = torch.append(all, torch.slice(torch.view(torch.select(some, 0, 1), batch), 1, 0, keys))
    return all

# What is added to the scores of a group, see masks(). positions: of its rows, of all sequences. trees: of all sequences of
# the forward, of which the group's begin at tree. padded: rows that each has. Returns [slots * kv, query rows, keys].
def masks_together(self, members: List[int], padded: int, keys: int, positions: List[int], trees: List[List[float]],
                   tree: int, like: Tensor) -> List[Tensor]:
    all = annotate(List[Tensor], [])
    near = annotate(List[Tensor], [])
    row = 0
    for s in range(torch.floordiv(torch.len(members), 2)):
        rows = members[2 * s]
        if rows == 0:
            own = torch.zeros([padded, keys], dtype=self.CACHE_TYPE(), device=ops.prim.device(like))
            _0 = torch.append(all, own)
            _1 = torch.append(near, own)
        else:
            start = members[2 * s + 1]
            own = self.visible(rows, start, keys, trees[tree], like)
            more = [0, 0, 0, padded - rows]
            _2 = torch.append(all, torch.constant_pad_nd(own, more, 0.))
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

# cache: the views of seen_together(), and at its end three lists of indices: for every row of every slot the row of turned;
# empty if they are those of turned. For every head's key or value of a row its row in the slab. For every row where its
# result is; empty as before. turned: rows of the group, [rows, (heads + 2 kv) * dim]. Returns [rows, heads * dim].
def attended_together(self, turned: Tensor, layer: int, mask: Tensor, cache: List[Tensor]) -> Tensor:
    width = self.HEADS() * self.DIM()
    last = torch.len(cache) - 3
    written = torch.reshape(torch.slice(turned, 1, width), [-1, self.DIM()])
    _0 = torch.index_copy_(cache[3 * layer], 0, cache[last + 1], written)
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
    o = self.attention(q, cache[3 * layer + 1], cache[3 * layer + 2], mask)
    o = torch.reshape(o, [slots, self.KV(), rows, each, self.DIM()])
    if each != self.GROUP():
        o = torch.slice(o, 3, 0, self.GROUP())
    o = torch.reshape(torch.permute(o, [0, 2, 3, 1, 4]), [slots * rows, width])
    if torch.numel(cache[last + 2]) > 0:
        o = torch.index_select(o, 0, cache[last + 2])
    return o
