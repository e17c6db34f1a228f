# The tokens that rows sample: the largest of logit / temperature + noise, with the noise of GumbelNoise.java.
#
# Its bits are the same: SplitMix64's, in int64, whose products wrap as Java's do; a logical shift is an arithmetic one and a
# mask. Its logarithms may differ in the last bits, so that a choice comes with the lead of its score over the second best, and
# whoever asks decides what leads by next to nothing.
#
# Filters drop tokens by logits alone. The best of all tokens is the best of those that are left, if it is one of them, so that
# only the chosen token is looked at: where it may be dropped, it leads by nothing.

# A token for each of some rows. logits: [scored, vocab]. highest: [scored], float32, the largest of each. numbers: int64, lists
# one after another, [rows] each: which rows, the keys of their positions, how many tokens top-k keeps, 0 for all, and three
# significands and the exponents of 2 that belong to them: of what logits are divided by, of what min-p allows below the largest
# logit, and of the share of top-p. filters: empty where no row has any, else the most that top-k keeps in one, 0 for none.
# Returns the tokens, [rows], int64, and their leads, [rows], float64, no numbers where scores are none.
def sampled(self, logits: Tensor, highest: Tensor, numbers: Tensor, filters: List[int]) -> Tuple[Tensor, Tensor]:
    lists = torch.reshape(numbers, [9, -1])
    factors = torch.mul(torch.exp2(torch.to(torch.slice(lists, 0, 6, 9), 7)), torch.slice(lists, 0, 3, 6))
    count = torch.size(lists, 1)
    each = torch.floordiv(self.SAMPLED_AT_ONCE() + torch.size(logits, 1) - 1, torch.size(logits, 1))
    tokens = annotate(List[Tensor], [])
    leads = annotate(List[Tensor], [])
    for piece in range(torch.floordiv(count + each - 1, each)):
        first = piece * each
        rows, keys, ranks, = torch.unbind(torch.slice(torch.slice(lists, 0, 0, 3), 1, first, first + each), 0)
        # [rows, 1] each
        temperatures, allowed, shares, = torch.unbind(torch.unsqueeze(torch.slice(factors, 1, first, first + each), 2), 0)
        own = torch.index_select(logits, 0, rows)
        largest = torch.unsqueeze(torch.to(torch.index_select(highest, 0, rows), 7), 1)
        scores = torch.div_(torch.sub(own, largest), temperatures)
        weights = scores
        if torch.len(filters) > 0:
            weights = torch.exp(scores)
        scores = torch.sub_(scores, self.negative_noise(keys, torch.size(logits, 1)))
        best, chosen, = torch.max(scores, 1, True)
        scores = torch.scatter_(scores, 1, chosen, -inf)
        lead = torch.sub(best, torch.amax(scores, [1], True))
        if torch.len(filters) > 0:
            least = torch.add(largest, allowed)
            if filters[0] > 0:
                least = torch.maximum(least, self.ranked(own, ranks, filters[0]))
            lead = torch.mul(lead, self.kept(own, weights, chosen, least, shares))
        _0 = torch.append(tokens, torch.squeeze(chosen, 1))
        _1 = torch.append(leads, torch.squeeze(lead, 1))
    return (torch.cat(tokens, 0), torch.cat(leads, 0))

# The smallest logits that top-k keeps, [rows, 1], float64. most: the largest of the ranks.
def ranked(self, logits: Tensor, ranks: Tensor, most: int) -> Tensor:
    kept = ops.prim.min(most, torch.size(logits, 1))
    ordered, tokens, = torch.topk(logits, kept, 1)
    last = torch.unsqueeze(torch.clamp(torch.sub(ranks, 1), 0, kept - 1), 1)
    return torch.masked_fill(torch.to(torch.gather(ordered, 1, last), 7), torch.unsqueeze(torch.eq(ranks, 0), 1), -inf)

# Whether filters keep tokens for certain, [rows, 1]: sums may be rounded in another order elsewhere. weights: [rows, vocab],
# what probabilities are proportional to; changed. chosen, least, shares: [rows, 1].
def kept(self, logits: Tensor, weights: Tensor, chosen: Tensor, least: Tensor, shares: Tensor) -> Tensor:
    own = torch.gather(logits, 1, chosen)
    weights = torch.mul_(weights, torch.ge(logits, least))
    total = torch.sum(weights, [1], True)
    above = torch.sum(torch.mul_(weights, torch.gt(logits, own)), [1], True)
    return torch.logical_and(torch.ge(own, least), torch.lt(above, torch.mul(torch.mul(total, shares), 0.999999999)))

# keys: [rows]. Returns what is to be taken from scores to add the noise of every token, [rows, tokens], float64.
def negative_noise(self, keys: Tensor, tokens: int) -> Tensor:
    counters = torch.mul_(torch.arange(1, tokens + 1, dtype=4, device=ops.prim.device(keys)), -7046029254386353131)
    z = torch.add(torch.unsqueeze(keys, 1), counters)
    z = torch.mul_(self.shifted_into(z, 30), -4658895280553007687)
    z = torch.mul_(self.shifted_into(z, 27), -7723592293110705685)
    z = self.shifted_into(z, 31)
    bits = torch.bitwise_and(torch.bitwise_right_shift(z, 12), 4503599627370495)
    # (bits + 1/2) / 2^52, exact in float64
    half = torch.full([1], 1.1102230246251565e-16, dtype=7, device=ops.prim.device(keys))
    return torch.log_(torch.neg_(torch.log_(torch.add(half, bits, alpha=2.220446049250313e-16))))

# z ^ (z >>> shift). Changes what it is given.
def shifted_into(self, z: Tensor, shift: int) -> Tensor:
    shifted = torch.bitwise_and(torch.bitwise_right_shift(z, shift), (1 << 64 - shift) - 1)
    return torch.bitwise_xor_(z, shifted)
