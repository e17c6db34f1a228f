# The keys of a cache as rows, [kv, capacity, dim], as its values are. cache: [layers, 2, kv, capacity, dim], keys first.

# Returns for every layer the whole of it, the first keys, transposed, and the first values.
def seen(self, cache: Tensor, keys: int) -> List[Tensor]:
    all = annotate(List[Tensor], [])
    for i in range(torch.size(cache, 0)):
        layer = torch.select(cache, 0, i)
        some = torch.slice(layer, 2, 0, keys)
        _0 = torch.append(all, layer)
        _1 = torch.append(all, torch.transpose(torch.select(some, 0, 0), 1, 2))
        _2 = torch.append(all, torch.select(some, 0, 1))
    return all

def keys(self, cache: List[Tensor], layer: int) -> Tensor:
    return cache[3 * layer + 1]

def values(self, cache: List[Tensor], layer: int) -> Tensor:
    return cache[3 * layer + 2]

# Values are never added as bags.
def sums(self, matrices: int, capacity: int, keys: int, like: Tensor) -> List[Tensor]:
    none = torch.zeros([0], dtype=3, device=ops.prim.device(like))
    return [none, none, none, none]

def bags(self, cache: List[Tensor], layer: int) -> List[Tensor]:
    return annotate(List[Tensor], [])

# Writes the keys and values of rows behind those that are there. turned: [rows, (heads + 2 kv) * dim].
def written(self, turned: Tensor, layer: int, start: int, cache: List[Tensor]) -> int:
    rows = torch.size(turned, 0)
    width = self.HEADS() * self.DIM()
    kv = torch.as_strided(turned, [2, self.KV(), rows, self.DIM()],
                          [self.KV() * self.DIM(), self.DIM(), width + 2 * self.KV() * self.DIM(), 1],
                          torch.storage_offset(turned) + width)
    _0 = torch.copy_(torch.slice(cache[3 * layer], 2, start, start + rows), kv)
    return rows

# Copies the first tokens of another cache.
def shared(self, cache: Tensor, source: Tensor, tokens: int) -> int:
    _0 = torch.copy_(torch.slice(cache, 3, 0, tokens), torch.slice(source, 3, 0, tokens))
    return tokens

def commit(self, cache: Tensor, start: int, path: List[int]) -> int:
    end = start + torch.len(path)
    rows = torch.tensor(path, dtype=4, device=ops.prim.device(cache))
    kept = torch.index_select(torch.slice(cache, 3, start), 3, rows)
    _0 = torch.copy_(torch.slice(cache, 3, start, end), kept)
    return end
