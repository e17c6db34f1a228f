# What flash_cuda.py computes, by operators that every device has.

def flash(self, q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tuple[Tensor, Tensor]:
    rows = torch.size(q, 0)
    keys = torch.size(k, 0)
    bias = torch.zeros([1, rows, keys], dtype=self.CACHE_TYPE())
    if causal:
        bias = torch.triu(torch.full([1, rows, keys], -inf, dtype=self.CACHE_TYPE()), keys - rows + 1)
    return self.biased(q, k, v, 1, torch.repeat_interleave(bias, self.GROUP(), 1))

def flash_many(self, q: Tensor, k: Tensor, v: Tensor, starts: Tensor, regions: Tensor, used: Tensor, rows: int,
               keys: int) -> Tuple[Tensor, Tensor]:
    parts = annotate(List[Tensor], [])
    sums = annotate(List[Tensor], [])
    for s in range(torch.size(used, 0)):
        first = int(torch.select(regions, 0, s))
        end = first + int(torch.select(used, 0, s))
        own_rows = torch.slice(q, 0, int(torch.select(starts, 0, s)), int(torch.select(starts, 0, s + 1)))
        o, own, = self.flash(own_rows, torch.slice(k, 0, first, end), torch.slice(v, 0, first, end), False)
        if first == end:
            o = torch.zeros_like(o)
            own = torch.full_like(own, inf)
        _0 = torch.append(parts, o)
        _1 = torch.append(sums, own)
    return (torch.cat(parts, 0), torch.cat(sums, 0))

def biased(self, q: Tensor, k: Tensor, v: Tensor, trees: int, bias: Tensor) -> Tuple[Tensor, Tensor]:
    kv = self.KV()
    group = self.GROUP()
    each = torch.permute(torch.reshape(q, [trees, -1, kv, group, self.DIM()]), [0, 2, 1, 3, 4])
    each = torch.reshape(each, [trees, kv, -1, self.DIM()])
    keys = torch.permute(torch.reshape(k, [trees, -1, kv, self.DIM()]), [0, 2, 3, 1])
    values = torch.transpose(torch.reshape(v, [trees, -1, kv, self.DIM()]), 1, 2)
    scores = torch.add(torch.mul(torch.matmul(each, keys), self.SCALE()), torch.unsqueeze(bias, 1))
    o = torch.matmul(torch.softmax(scores, 3), values)
    sums = torch.logsumexp(scores, [3])
    o = torch.permute(torch.reshape(o, [trees, kv, -1, group, self.DIM()]), [0, 2, 1, 3, 4])
    sums = torch.permute(torch.reshape(sums, [trees, kv, -1, group]), [0, 2, 1, 3])
    return (torch.reshape(o, [-1, kv * group, self.DIM()]), torch.reshape(sums, [-1, kv * group]))
