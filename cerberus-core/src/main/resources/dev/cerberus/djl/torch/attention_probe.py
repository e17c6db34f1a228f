# Whether attention gives a row the same bits alone, in a piece of a prompt and in a tree that moves its keys apart.

def filled(self, shape: List[int], seed: float) -> Tensor:
    count = 1
    for i in range(torch.len(shape)):
        count = count * shape[i]
    numbers = torch.sin(torch.mul(torch.arange(1., count + 1., dtype=6), seed))
    return torch.to(torch.mul(torch.reshape(numbers, shape), 3.), self.CACHE_TYPE())

def keys_for(self, tokens: int) -> int:
    return torch.floordiv(tokens + 31, 32) * 32

# What attention takes, [rows, (heads + 2 kv) * dim].
def turned_rows(self, rows: int) -> Tensor:
    width = self.HEADS() * self.DIM()
    turned = self.filled([rows, width + 2 * self.KV() * self.DIM()], 2.718281828)
    _0 = torch.mul_(torch.slice(turned, 1, 0, width), self.QUERY_SCALE())
    return turned

# The row at a position, with all before it, decoded alone. kv: [layers = 1, 2, kv, positions, dim].
def alone(self, turned: Tensor, kv: Tensor, at: int) -> Tensor:
    keys = self.keys_for(at + 1)
    mask = self.mask(1, at, keys, annotate(List[float], []), turned)
    return self.attended_one(torch.slice(turned, 0, at, at + 1), 0, at, mask, self.seen(kv, keys))

# STARTS: tokens before a piece of some ROWS, or before a tree.
def exact(self) -> bool:
    starts = self.STARTS()
    rows = self.ROWS()
    longest = ops.prim.max(starts) + ops.prim.max(rows)
    positions = self.keys_for(longest)
    turned = self.turned_rows(longest)
    kv = self.filled([1, 2, self.KV(), positions, self.DIM()], 1.618033989)
    _0 = self.written(turned, 0, 0, self.seen(kv, positions))
    same = True
    for s in range(torch.len(starts)):
        start = starts[s]
        for r in range(torch.len(rows)):
            n = rows[r]
            keys = self.keys_for(start + n)
            piece = self.attended_one(torch.slice(turned, 0, start, start + n), 0, start,
                                      self.mask(n, start, keys, annotate(List[float], []), turned),
                                      self.seen(torch.clone(kv), keys))
            for row in [0, torch.floordiv(n, 2), n - 1]:
                own = self.alone(turned, torch.clone(kv), start + row)
                same = same and torch.equal(own, torch.slice(piece, 0, row, row + 1))
            left = self.BLOCK_KEYS() - start % self.BLOCK_KEYS()
            if n < 33 and n <= left and n > 2:
                same = same and self.in_tree(turned, kv, start, n)
    return same

# A tree whose even nodes are a chain and whose odd ones are somebody else's.
def in_tree(self, turned: Tensor, kv: Tensor, start: int, n: int) -> bool:
    keys = self.keys_for(start + n)
    tree = annotate(List[float], [])
    rows = annotate(List[Tensor], [])
    for i in range(n):
        at = start + torch.floordiv(i, 2)
        if i % 2 == 1:
            at = start + n - 1
        _0 = torch.append(rows, torch.slice(turned, 0, at, at + 1))
        for j in range(n):
            seen = 0.
            if j > i or (j % 2 == 1 and j != i):
                seen = -inf
            _1 = torch.append(tree, seen)
    drafted = self.attended_one(torch.cat(rows, 0), 0, start, self.mask(n, start, keys, tree, turned),
                                self.seen(torch.clone(kv), keys))
    same = True
    for depth in range(torch.floordiv(n + 1, 2)):
        own = self.alone(turned, torch.clone(kv), start + depth)
        same = same and torch.equal(own, torch.slice(drafted, 0, 2 * depth, 2 * depth + 1))
    return same

# Three sequences in a slab, whose tokens before are three of STARTS after one another, with as many rows each: as alone?
def exact_together(self) -> bool:
    starts = self.STARTS()
    rows = self.ROWS()
    same = True
    for r in range(torch.len(rows)):
        for s in range(torch.floordiv(torch.len(starts), 3)):
            same = same and self.beside(torch.slice(starts, 3 * s, 3 * s + 3, 1), rows[r])
    return same

def beside(self, starts: List[int], n: int) -> bool:
    longest = ops.prim.max(starts) + n
    keys = self.keys_for(longest)
    positions = keys + 32
    turned = self.turned_rows(longest)
    slab = self.filled([1, 2, 3, self.KV(), positions, self.DIM()], 1.618033989)
    padded = n
    if n > 1 or self.LONE() == 0:
        padded = self.padded(n)
    trees = annotate(List[List[float]], [])
    members = annotate(List[int], [])
    at = annotate(List[int], [])
    take = annotate(List[int], [])
    put = annotate(List[int], [])
    back = annotate(List[int], [])
    own = annotate(List[Tensor], [])
    alone = annotate(List[Tensor], [])
    for s in range(3):
        _0 = torch.append(members, n)
        _1 = torch.append(members, starts[s])
        _2 = torch.append(trees, annotate(List[float], []))
        rows = torch.slice(turned, 0, starts[s], starts[s] + n)
        _3 = torch.append(own, rows)
        for i in range(padded):
            _4 = torch.append(take, s * n + ops.prim.min(i, n - 1))
        kv = torch.clone(torch.select(slab, 2, s))
        for i in range(n):
            position = starts[s] + i
            _5 = torch.append(at, position)
            _6 = torch.append(back, s * padded + i)
            _7 = torch.append(put, s * self.KV() * self.DIM() * positions)
            _8 = torch.append(put, position)
            few = self.keys_for(position + 1)
            mask = self.mask(1, position, few, annotate(List[float], []), turned)
            seen = self.seen(kv, few)
            _9 = torch.append(alone, self.attended_one(torch.slice(rows, 0, i, i + 1), 0, position, mask, seen))
    masks = self.masks_together(members, padded, keys, at, trees, 0, turned)
    cache = self.seen_together(slab, 0, 3, keys)
    if n > 1:
        _10 = torch._set_item(cache, 0, torch.zeros([0], dtype=3))
    places = self.places(torch.tensor(put, dtype=4), cache)
    for indices in [torch.tensor(take, dtype=4), places, torch.tensor(back, dtype=4)]:
        _11 = torch.append(cache, indices)
    together = self.attended_together(torch.cat(own, 0), 0, masks[0], cache)
    return torch.equal(together, torch.cat(alone, 0))
