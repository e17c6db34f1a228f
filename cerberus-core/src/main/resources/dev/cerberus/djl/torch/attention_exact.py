# Attention that gives a row the same bits whatever goes with it. q: [kv, query rows, dim]. keys: [kv, dim, keys].
# values: [kv, keys, dim]. mask: [query rows, keys].
#
# A tree moves a row's keys apart: between them lie those of its neighbours, which are masked. Scores and exponentials are
# computed one by one. The products with the values add one key after another, in blocks of BLOCK_KEYS(), so that keys of
# weight zero in between change nothing as long as no key leaves its block. What is longer than one block and shorter than
# two would be cut in halves, so that is cut here. The sum of the weights, which is added in another order, is added in
# float64, whose last bit is gone when it is rounded.

def attention(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    if self.CAPPED():
        bent = torch.tanh(torch.mul(torch.bmm(q, keys), self.SCALE_TO_CAP()))
        s = torch.add(torch.mul(bent, self.CAP()), mask)
    else:
        s = torch.baddbmm(mask, q, keys, beta=1, alpha=self.SCALE())
    e = torch.exp_(torch.sub_(s, torch.amax(s, [2], True)))
    total = torch.to(torch.sum(e, [2], True, dtype=7), self.CACHE_TYPE())
    block = self.BLOCK_KEYS()
    keys_seen = torch.size(e, 2)
    if block < keys_seen and keys_seen < 2 * block:
        first = torch.bmm(torch.slice(e, 2, 0, block), torch.slice(values, 1, 0, block))
        o = torch.baddbmm(first, torch.slice(e, 2, block), torch.slice(values, 1, block))
    else:
        o = torch.bmm(e, values)
    return torch.div_(o, total)
