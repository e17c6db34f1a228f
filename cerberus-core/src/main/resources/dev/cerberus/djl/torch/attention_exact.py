# Attention that gives a row the same bits whatever goes with it. q: [kv, query rows, dim], times QUERY_SCALE(), so that weights
# are powers of two, whose kernel is twice as fast as the exponential's. keys: [kv, dim, keys]. values: [kv, keys, dim]. mask:
# [query rows, keys], or one for each matrix of keys; its last columns alone, where all see the keys before. bags: for a row
# of its own that does without products, the table of values and its four lists of indices, then, where keys are read so, too,
# the table of keys and its two; empty for all others. See bags() in keys_in_columns.py. Returns [kv, query rows, dim], of which
# those behind the group may lack.
#
# A tree moves a row's keys apart: between them lie those of its neighbours, which are masked. Scores and exponentials are
# computed one by one. The products with the values add one key after another, in blocks of BLOCK_KEYS(), so that keys of
# weight zero in between change nothing as long as no key leaves its block. What is longer than one block and shorter than
# two would be cut in halves, so that is cut here. The sum of the weights, which is added in another order, is added in
# float64, whose last bit is gone when it is rounded.

def attention(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor, bags: List[Tensor]) -> Tensor:
    if torch.len(bags) > 5 and torch.numel(bags[6]) > 0:
        s = self.scored_in_bags(q, mask, bags)
    else:
        s = self.scored_by_product(q, keys, mask)
    e = self.powers_of_two(torch.sub_(s, torch.amax(s, [2], True)))
    if torch.len(bags) > 0:
        e = torch.contiguous(torch.slice(e, 1, 0, self.GROUP()))
    total = torch.to(torch.sum(e, [2], True, dtype=7), self.CACHE_TYPE())
    if torch.len(bags) > 0:
        return torch.div_(self.added_in_bags(e, bags), total)
    block = self.BLOCK_KEYS()
    keys_seen = torch.size(e, 2)
    if block < keys_seen and keys_seen < 2 * block:
        first = torch.bmm(torch.slice(e, 2, 0, block), torch.slice(values, 1, 0, block))
        o = torch.baddbmm(first, torch.slice(e, 2, block), torch.slice(values, 1, block))
    else:
        o = torch.bmm(e, values)
    return torch.div_(o, total)

# A product that adds to a mask begins with a copy of it, as large as the scores.
def scored_by_product(self, q: Tensor, keys: Tensor, mask: Tensor) -> Tensor:
    masked = torch.size(mask, -1)
    seen = torch.size(keys, 2) - masked
    if seen == 0 and not self.CAPPED():
        s = torch.baddbmm(mask, q, keys)
    else:
        s = torch.bmm(q, keys)
        if self.CAPPED():
            s = torch.mul_(torch.tanh_(s), self.CAP())
        _0 = torch.add_(torch.slice(s, 2, seen), mask)
    return s

# The last numbers of a thread's share that fill no vectors have other last bits, hence pieces, see pieces.py; keys come in
# multiples of 32.
def powers_of_two(self, s: Tensor) -> Tensor:
    if torch.numel(s) > self.ONE_SHARE():
        for piece in self.pieces(torch.view(s, [-1, torch.size(s, 2)])):
            _0 = torch.exp2_(piece)
    else:
        s = torch.exp2_(s)
    return s

# Returns scores of the first query rows, [kv, group, keys].
def scored_in_bags(self, q: Tensor, mask: Tensor, bags: List[Tensor]) -> Tensor:
    piece = torch.size(bags[5], 1)
    keys = torch.size(mask, 1)
    pieces = torch.floordiv(keys + piece - 1, piece)
    each = [self.KV(), pieces, self.GROUP(), self.DIM()]
    queries = torch.reshape(torch.expand(torch.unsqueeze(torch.slice(q, 1, 0, self.GROUP()), 1), each), [-1])
    s, _0, _1, _2, = torch._embedding_bag_forward_only(bags[5], bags[6], bags[7], False, 0, False, queries, True)
    s = torch.permute(torch.view(s, [self.KV(), pieces, self.GROUP(), piece]), [0, 2, 1, 3])
    s = torch.slice(torch.reshape(s, [self.KV(), self.GROUP(), pieces * piece]), 2, 0, keys)
    return torch.add(torch.slice(mask, 0, 0, self.GROUP()), s)

# e: weights, [kv, group, keys]. Returns what they add up to, [kv, group, dim].
def added_in_bags(self, e: Tensor, bags: List[Tensor]) -> Tensor:
    o, _0, _1, _2, = torch._embedding_bag_forward_only(bags[0], bags[1], bags[2], False, 0, False, torch.view(e, [-1]), True)
    if torch.numel(bags[3]) > 0:
        o, _3, _4, _5, = torch._embedding_bag_forward_only(o, bags[3], bags[4], False, 0, False, None, True)
    return torch.view(o, [torch.size(e, 0), torch.size(e, 1), self.DIM()])
