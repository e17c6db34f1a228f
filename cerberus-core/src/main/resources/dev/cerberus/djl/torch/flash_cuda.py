# Kernels of libtorch on CUDA, by name: which one scaled_dot_product_attention takes differs by version and card, and the one
# that newer versions take plans anew, for tens of milliseconds, whenever the number of keys changes.
#
# All return what rows get, [rows, heads, dim], and the logarithms of the sums of their weights, [rows, heads], float32.

# q: [rows, heads, dim]. k, v: [keys, kv, dim]. causal: whether the rows are the last of the keys and each sees those before
# it; without, each sees all.
def flash(self, q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tuple[Tensor, Tensor]:
    o, sums, seed, unused, mask, = torch._flash_attention_forward(
        torch.unsqueeze(q, 0), torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), None, None, torch.size(q, 0), torch.size(k, 0),
        0., causal, False, scale=self.SCALE())
    return (torch.squeeze(o, 0), torch.t(torch.reshape(sums, [self.HEADS(), -1])))

# The same for many sequences, whose rows lie one after another. starts: their first rows, and the number of rows. regions:
# their first keys, and the end of the last one's. used: how many keys each sees. All int32. rows, keys: the most that one
# has. Where rows is 1, what is said of the sums does not hold.
def flash_many(self, q: Tensor, k: Tensor, v: Tensor, starts: Tensor, regions: Tensor, used: Tensor, rows: int,
               keys: int) -> Tuple[Tensor, Tensor]:
    o, sums, seed, unused, mask, = torch._flash_attention_forward(
        q, k, v, starts, regions, rows, keys, 0., False, False, scale=self.SCALE(), seqused_k=used)
    return (o, torch.t(sums))

# q: [trees * rows, heads, dim]. k, v: [trees * keys, kv, dim]. bias: [trees, rows * group, keys].
def biased(self, q: Tensor, k: Tensor, v: Tensor, trees: int, bias: Tensor) -> Tuple[Tensor, Tensor]:
    kv = self.KV()
    group = self.GROUP()
    each = torch.permute(torch.reshape(q, [trees, -1, kv, group, self.DIM()]), [0, 2, 1, 3, 4])
    each = torch.reshape(each, [trees, kv, -1, self.DIM()])
    keys = torch.transpose(torch.unflatten(k, 0, [trees, -1]), 1, 2)
    values = torch.transpose(torch.unflatten(v, 0, [trees, -1]), 1, 2)
    rows = torch.size(each, 2)
    o, sums, seed, offset, = torch._scaled_dot_product_efficient_attention(
        each, keys, values, torch.expand(torch.unsqueeze(bias, 1), [trees, kv, rows, torch.size(bias, 2)]), True,
        scale=self.SCALE())
    o = torch.permute(torch.reshape(o, [trees, kv, -1, group, self.DIM()]), [0, 2, 1, 3, 4])
    sums = torch.permute(torch.reshape(torch.slice(sums, 2, 0, rows), [trees, kv, -1, group]), [0, 2, 1, 3])
    return (torch.reshape(o, [-1, kv * group, self.DIM()]), torch.reshape(sums, [-1, kv * group]))
