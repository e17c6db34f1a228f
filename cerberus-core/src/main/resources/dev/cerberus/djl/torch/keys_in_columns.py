# The keys of a cache as columns, [kv, dim, capacity], its values as rows, [kv, capacity, dim]. cache: [layers, 2, kv, capacity,
# dim], keys first, whose last two dimensions only count numbers.
#
# Products read columns in the order in which they lie. What attention does for a row is also a sum of rows of tables, bags of
# embeddings: of the values, by their weights, and of pieces of the columns' rows, by the query. Their kernel reads ahead, and adds
# as the product does, to the same bits; but it reads a table once for every query row. So it serves rows by themselves, where what
# they read does not stay in the processor's caches.

def columns(self, cache: Tensor) -> Tensor:
    return torch.view(torch.select(cache, 1, 0), [torch.size(cache, 0), self.KV(), self.DIM(), torch.size(cache, 3)])

# Returns what sums() and products() make, six tensors, and for every layer the first keys, the first values, and the tables of all
# keys and of all values.
def seen(self, cache: Tensor, keys: int) -> List[Tensor]:
    capacity = torch.size(cache, 3)
    all = self.sums(self.KV(), capacity, keys, cache)
    for indices in self.products(capacity, keys, cache):
        _0 = torch.append(all, indices)
    columns = self.columns(cache)
    rows = torch.select(cache, 1, 1)
    for i in range(torch.size(cache, 0)):
        _1 = torch.append(all, torch.slice(torch.select(columns, 0, i), 2, 0, keys))
        _2 = torch.append(all, torch.slice(torch.select(rows, 0, i), 1, 0, keys))
        _3 = torch.append(all, torch.view(torch.select(columns, 0, i), [-1, self.piece(capacity)]))
        _4 = torch.append(all, torch.view(torch.select(rows, 0, i), [-1, self.DIM()]))
    return all

# Returns how many keys a row of their table has.
def piece(self, capacity: int) -> int:
    piece = 128
    while capacity % piece > 0:
        piece = torch.floordiv(piece, 2)
    return piece

# What bags of keys consist of, for each key head one after another, piece after piece of its keys, and in each the queries of the
# group: which rows of the table, and where each bag begins and the last ends; empty where bags do not pay.
def products(self, capacity: int, keys: int, like: Tensor) -> List[Tensor]:
    if not self.BAGGED() or self.CAPPED() or self.KV() * keys * self.DIM() < self.BAGGED_KEYS():
        none = torch.zeros([0], dtype=3, device=ops.prim.device(like))
        return [none, none]
    piece = self.piece(capacity)
    stride = torch.floordiv(capacity, piece)
    pieces = torch.floordiv(keys + piece - 1, piece)
    heads = torch.reshape(torch.arange(0, self.KV() * self.DIM() * stride, self.DIM() * stride, dtype=3), [self.KV(), 1, 1, 1])
    inside = torch.reshape(torch.arange(0, pieces, dtype=3), [pieces, 1, 1])
    rows = torch.arange(0, self.DIM() * stride, stride, dtype=3)
    table = torch.expand(torch.add(torch.add(heads, inside), rows), [self.KV(), pieces, self.GROUP(), self.DIM()])
    return [torch.reshape(table, [-1]), torch.arange(0, torch.numel(table) + 1, self.DIM(), dtype=3)]

# What bags of values consist of, for a row of its own over matrices that lie capacity rows apart: which rows of the table, where
# each bag begins and the last ends, and how bags of one block of keys each add up to one, as a product has it; empty where
# bags do not pay.
def sums(self, matrices: int, capacity: int, keys: int, like: Tensor) -> List[Tensor]:
    none = torch.zeros([0], dtype=3, device=ops.prim.device(like))
    if not self.BAGGED() or matrices * keys * self.DIM() < self.BAGGED_VALUES():
        return [none, none, none, none]
    each = [matrices, self.GROUP(), keys]
    firsts = torch.reshape(torch.arange(0, matrices * capacity, capacity, dtype=3), [matrices, 1, 1])
    table = torch.reshape(torch.expand(torch.add(firsts, torch.arange(0, keys, dtype=3)), each), [-1])
    bags = matrices * self.GROUP()
    blocks = 1
    if self.BLOCK_KEYS() < keys:
        blocks = torch.floordiv(keys + self.BLOCK_KEYS() - 1, self.BLOCK_KEYS())
    inside = torch.mul(torch.arange(0, blocks, dtype=3), self.BLOCK_KEYS())
    begins = torch.add(torch.reshape(torch.arange(0, bags * keys, keys, dtype=3), [bags, 1]), inside)
    ends = torch.constant_pad_nd(torch.reshape(begins, [-1]), [0, 1], bags * keys)
    if blocks == 1:
        return [table, ends, none, none]
    return [table, ends, torch.arange(0, bags * blocks, dtype=3), torch.arange(0, bags * blocks + 1, blocks, dtype=3)]

def keys(self, cache: List[Tensor], layer: int) -> Tensor:
    return cache[6 + 4 * layer]

def values(self, cache: List[Tensor], layer: int) -> Tensor:
    return cache[7 + 4 * layer]

# Returns the table of a layer's values, the sums, its table of keys, and the products; nothing where they do not pay.
def bags(self, cache: List[Tensor], layer: int) -> List[Tensor]:
    if torch.numel(cache[0]) == 0:
        return annotate(List[Tensor], [])
    return [cache[9 + 4 * layer], cache[0], cache[1], cache[2], cache[3], cache[8 + 4 * layer], cache[4], cache[5]]

# Writes the keys and values of rows behind those that are there. turned: [rows, (heads + 2 kv) * dim].
def written(self, turned: Tensor, layer: int, start: int, cache: List[Tensor]) -> int:
    rows = torch.size(turned, 0)
    first = torch.storage_offset(turned) + self.HEADS() * self.DIM()
    stride = (self.HEADS() + 2 * self.KV()) * self.DIM()
    k = torch.as_strided(turned, [self.KV(), self.DIM(), rows], [self.DIM(), 1, stride], first)
    v = torch.as_strided(turned, [self.KV(), rows, self.DIM()], [self.DIM(), stride, 1], first + self.KV() * self.DIM())
    _0 = torch.copy_(torch.slice(self.keys(cache, layer), 2, start, start + rows), k)
    _1 = torch.copy_(torch.slice(self.values(cache, layer), 1, start, start + rows), v)
    return rows

# Copies the first tokens of another cache.
def shared(self, cache: Tensor, source: Tensor, tokens: int) -> int:
    _0 = torch.copy_(torch.slice(self.columns(cache), 3, 0, tokens), torch.slice(self.columns(source), 3, 0, tokens))
    _1 = torch.copy_(torch.slice(torch.select(cache, 1, 1), 2, 0, tokens),
                     torch.slice(torch.select(source, 1, 1), 2, 0, tokens))
    return tokens

def commit(self, cache: Tensor, start: int, path: List[int]) -> int:
    end = start + torch.len(path)
    rows = torch.tensor(path, dtype=4, device=ops.prim.device(cache))
    columns = torch.slice(self.columns(cache), 3, start)
    _0 = torch.copy_(torch.slice(columns, 3, 0, torch.len(path)), torch.index_select(columns, 3, rows))
    values = torch.slice(torch.select(cache, 1, 1), 2, start)
    _1 = torch.copy_(torch.slice(values, 2, 0, torch.len(path)), torch.index_select(values, 2, rows))
    return end
