# Attention of sequences that have a cache each, one after another, or several whose caches lie side by side in one go.
#
# caches: views of every sequence, see keys_in_rows.py and keys_in_columns.py. spans: three numbers a sequence: its first row,
# the row after its last, and the tokens in its cache before them. masks: what is added to scores, one tensor a sequence, see
# masks(). For sequences that go together see attention_groups.py.
#
# Query rows are rows times group. Kernels need an even number of them, at least 4, to treat a row alike whatever goes with
# it. A row of its own takes the key and value heads that lie behind its query heads as further query rows, where those are
# enough (LONE() query rows in all): then nothing has to be copied.

# Returns the number of rows that rows are padded to.
def padded(self, rows: int) -> int:
    least = ops.prim.max(rows, torch.floordiv(3 + self.GROUP(), self.GROUP()))
    if self.GROUP() % 2 == 1:
        least = least + least % 2
    return least

# What is added to the scores of a sequence's rows, MASKS() tensors: for layers that see everything, and for those that see
# a window. positions: of the rows. For the rest see mask().
def masks(self, positions: List[int], start: int, keys: int, tree: List[float], like: Tensor) -> List[Tensor]:
    rows = torch.len(positions)
    own = self.visible(rows, start, keys, tree, like)
    all = annotate(List[Tensor], [])
    if self.UNLIMITED():
        _0 = torch.append(all, self.spread_over_heads(self.late(own, start), rows))
    if self.WINDOW() > 0:
        _1 = torch.append(all, self.spread_over_heads(self.near(own, positions, start), rows))
    return all

# tree: what is added to the scores of the rows among themselves, [rows * rows]; empty for one row, and for rows that each
# see those before. Returns [query rows, keys], or the last columns of that, see late().
def mask(self, rows: int, start: int, keys: int, tree: List[float], like: Tensor) -> Tensor:
    return self.spread_over_heads(self.late(self.visible(rows, start, keys, tree, like), start), rows)

# Leaves out keys that all rows see, where a kernel does without them and there are enough. own: [rows, keys].
def late(self, own: Tensor, start: int) -> Tensor:
    if torch.size(own, 0) > 1 and start >= self.UNMASKED():
        own = torch.slice(own, 1, start)
    return own

# Returns [rows, keys].
def visible(self, rows: int, start: int, keys: int, tree: List[float], like: Tensor) -> Tensor:
    device = ops.prim.device(like)
    if rows == 1:
        own = torch.zeros([1, keys], dtype=self.CACHE_TYPE(), device=device)
        _0 = torch.fill_(torch.slice(own, 1, start + 1), -inf)
    elif torch.len(tree) == 0:
        own = torch.full([rows, keys], -inf, dtype=self.CACHE_TYPE(), device=device)
        own = torch.triu(own, start + 1)
    else:
        among = torch.reshape(torch.tensor(tree, dtype=self.CACHE_TYPE(), device=device), [rows, rows])
        own = torch.constant_pad_nd(among, [start, 0], 0.)
        own = torch.constant_pad_nd(own, [0, keys - start - rows], -inf)
    return own

# Hides the keys that lie WINDOW() positions or more behind a row. own: [rows, keys].
def near(self, own: Tensor, positions: List[int], start: int) -> Tensor:
    if ops.prim.max(positions) >= self.WINDOW():
        at = torch.tensor(positions, dtype=4, device=ops.prim.device(own))
        seen = torch.arange(torch.size(own, 1), dtype=4, device=ops.prim.device(own))
        _0 = torch.copy_(torch.slice(seen, 0, start, start + torch.len(positions)), at)
        own = torch.masked_fill(own, torch.ge(torch.sub(torch.unsqueeze(at, 1), seen), self.WINDOW()), -inf)
    return own

# own: [rows, keys]. Returns [query rows, keys].
def spread_over_heads(self, own: Tensor, rows: int) -> Tensor:
    keys = torch.size(own, 1)
    if rows == 1 and self.LONE() > 0:
        return torch.expand(own, [self.LONE(), keys])
    each = torch.reshape(torch.expand(torch.unsqueeze(own, 1), [rows, self.GROUP(), keys]), [-1, keys])
    more = (self.padded(rows) - rows) * self.GROUP()
    return torch.constant_pad_nd(each, [0, 0, 0, more], 0.)

def attended(self, turned: Tensor, layer: int, spans: List[int], masks: List[Tensor], caches: List[List[Tensor]]) -> Tensor:
    all = annotate(List[Tensor], [])
    for s in range(torch.len(caches)):
        own = turned
        if torch.len(caches) > 1:
            own = torch.slice(turned, 0, spans[3 * s], spans[3 * s + 1])
        if torch.dim(masks[s]) == 3:
            o = self.attended_together(own, layer, masks[s], caches[s])
        else:
            o = self.attended_one(own, layer, spans[3 * s + 2], masks[s], caches[s])
        _0 = torch.append(all, o)
    if torch.len(all) == 1:
        return all[0]
    return torch.cat(all, 0)

# turned: [rows, (heads + 2 kv) * dim]. Returns [rows, heads * dim].
def attended_one(self, turned: Tensor, layer: int, start: int, mask: Tensor, cache: List[Tensor]) -> Tensor:
    rows = torch.size(turned, 0)
    width = self.HEADS() * self.DIM()
    _0 = self.written(turned, layer, start, cache)
    bags = annotate(List[Tensor], [])
    if rows == 1:
        bags = self.bags(cache, layer)
    if rows == 1 and self.LONE() > 0:
        q = torch.as_strided(turned, [self.KV(), self.LONE(), self.DIM()], [self.DIM(), self.KV() * self.DIM(), 1])
        o = self.attention(q, self.keys(cache, layer), self.values(cache, layer), mask, bags)
        heads = torch.as_strided(o, [self.GROUP(), self.KV(), self.DIM()], [self.DIM(), torch.size(o, 1) * self.DIM(), 1])
        return torch.reshape(heads, [1, width])
    queries = torch.slice(turned, 1, 0, width)
    padded = self.padded(rows)
    if padded != rows:
        queries = torch.constant_pad_nd(queries, [0, 0, 0, padded - rows])
    q = torch.reshape(queries, [padded * self.GROUP(), self.KV(), self.DIM()])
    o = self.attention(torch.transpose(q, 0, 1), self.keys(cache, layer), self.values(cache, layer), mask, bags)
    o = torch.reshape(torch.transpose(o, 0, 1), [-1, width])
    if torch.size(o, 0) != rows:
        o = torch.slice(o, 0, 0, rows)
    return o
