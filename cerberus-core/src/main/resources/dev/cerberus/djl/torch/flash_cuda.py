# Kernels of libtorch on CUDA, by name: which one scaled_dot_product_attention takes differs by version and card, and the one
# that newer versions take plans anew, for tens of milliseconds, whenever the number of keys changes.
#
# All but flash_causal return what query rows get, [query rows, kv, dim], and the logarithms of the sums of their weights,
# [query rows, kv], float32. Query rows are rows times group.

# q: [query rows, kv, dim]. k, v: [keys, kv, dim], all of which every row sees.
def flash(self, q: Tensor, k: Tensor, v: Tensor) -> Tuple[Tensor, Tensor]:
    o, sums, seed, unused, mask, = torch._flash_attention_forward(
        torch.unsqueeze(q, 0), torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), None, None, torch.size(q, 0), torch.size(k, 0),
        0., False, False, scale=self.SCALE())
    return (torch.squeeze(o, 0), torch.t(torch.select(sums, 0, 0)))

# q: [rows, heads, dim], heads in the order [kv, group]. k, v: [keys, kv, dim], of which the rows are the last, and each sees
# those before it. Returns [rows, heads, dim].
def flash_causal(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    o, sums, seed, unused, mask, = torch._flash_attention_forward(
        torch.unsqueeze(q, 0), torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), None, None, torch.size(q, 0), torch.size(k, 0),
        0., True, False, scale=self.SCALE())
    return torch.squeeze(o, 0)

# flash for many sequences, whose rows lie one after another. pool: [rows, 2 * kv * dim]. starts: their first query rows, and
# the number of query rows. regions: their first rows of the pool, and the end of the last one's. used: how many each sees.
# All int32. rows, keys: the most that one has.
def flash_many(self, q: Tensor, pool: Tensor, starts: Tensor, regions: Tensor, used: Tensor, rows: int,
               keys: int) -> Tuple[Tensor, Tensor]:
    all = torch.size(pool, 0)
    o, sums, seed, unused, mask, = torch._flash_attention_forward(
        q, self.stored(pool, 0, all, 0), self.stored(pool, 0, all, self.KV() * self.DIM()), starts, regions,
        rows * self.GROUP(), keys, 0., False, False, scale=self.SCALE(), seqused_k=used)
    return (o, torch.t(sums))

# q: [trees * query rows, kv, dim]. k, v: [trees * keys, kv, dim]. bias: [trees, query rows, keys].
def biased(self, q: Tensor, k: Tensor, v: Tensor, trees: int, bias: Tensor) -> Tuple[Tensor, Tensor]:
    rows = torch.size(bias, 1)
    o, sums, seed, offset, = torch._scaled_dot_product_efficient_attention(
        torch.transpose(torch.unflatten(q, 0, [trees, -1]), 1, 2), torch.transpose(torch.unflatten(k, 0, [trees, -1]), 1, 2),
        torch.transpose(torch.unflatten(v, 0, [trees, -1]), 1, 2),
        torch.expand(torch.unsqueeze(bias, 1), [trees, self.KV(), rows, torch.size(bias, 2)]), True, scale=self.SCALE())
    sums = torch.transpose(torch.slice(sums, 2, 0, rows), 1, 2)
    return (torch.flatten(torch.transpose(o, 1, 2), 0, 1), torch.flatten(sums, 0, 1))
