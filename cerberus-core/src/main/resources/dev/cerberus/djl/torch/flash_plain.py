# What flash_cuda.py computes, by operators that every device has.

def flash(self, q: Tensor, k: Tensor, v: Tensor) -> Tuple[Tensor, Tensor]:
    return self.biased(q, k, v, 1, torch.zeros([1, torch.size(q, 0), torch.size(k, 0)], dtype=self.CACHE_TYPE()))

def flash_causal(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    rows = torch.size(q, 0)
    keys = torch.size(k, 0)
    later = torch.triu(torch.full([rows, keys], -inf, dtype=self.CACHE_TYPE()), keys - rows + 1)
    each = torch.transpose(torch.reshape(q, [rows, self.KV(), self.GROUP(), self.DIM()]), 1, 2)
    bias = torch.unsqueeze(torch.repeat_interleave(later, self.GROUP(), 0), 0)
    o, sums, = self.biased(torch.reshape(each, [-1, self.KV(), self.DIM()]), k, v, 1, bias)
    o = torch.transpose(torch.reshape(o, [rows, self.GROUP(), self.KV(), self.DIM()]), 1, 2)
    return torch.reshape(o, [rows, self.HEADS(), self.DIM()])

def flash_many(self, q: Tensor, pool: Tensor, starts: Tensor, regions: Tensor, used: Tensor, rows: int,
               keys: int) -> Tuple[Tensor, Tensor]:
    parts = annotate(List[Tensor], [])
    sums = annotate(List[Tensor], [])
    for s in range(torch.size(used, 0)):
        first = int(torch.select(regions, 0, s))
        keys = int(torch.select(used, 0, s))
        own_rows = torch.slice(q, 0, int(torch.select(starts, 0, s)), int(torch.select(starts, 0, s + 1)))
        o, own, = self.flash(own_rows, self.stored(pool, first, keys, 0), self.stored(pool, first, keys, self.KV() * self.DIM()))
        if keys == 0:
            o = torch.zeros_like(o)
            own = torch.full_like(own, inf)
        _0 = torch.append(parts, o)
        _1 = torch.append(sums, own)
    return (torch.cat(parts, 0), torch.cat(sums, 0))

def biased(self, q: Tensor, k: Tensor, v: Tensor, trees: int, bias: Tensor) -> Tuple[Tensor, Tensor]:
    each = torch.transpose(torch.reshape(q, [trees, -1, self.KV(), self.DIM()]), 1, 2)
    keys = torch.permute(torch.reshape(k, [trees, -1, self.KV(), self.DIM()]), [0, 2, 3, 1])
    values = torch.transpose(torch.reshape(v, [trees, -1, self.KV(), self.DIM()]), 1, 2)
    scores = torch.add(torch.mul(torch.matmul(each, keys), self.SCALE()), torch.unsqueeze(bias, 1))
    o = torch.transpose(torch.matmul(torch.softmax(scores, 3), values), 1, 2)
    sums = torch.transpose(torch.logsumexp(scores, [3]), 1, 2)
    return (torch.reshape(o, [-1, self.KV(), self.DIM()]), torch.reshape(sums, [-1, self.KV()]))
