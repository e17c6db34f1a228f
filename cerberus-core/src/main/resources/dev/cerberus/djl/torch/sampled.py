# The tokens that rows sample: the largest of logit / temperature + noise, with the noise of GumbelNoise.java.
#
# Its bits are the same: SplitMix64's, in int64, whose products wrap as Java's do; a logical shift is an arithmetic one and a
# mask. Its logarithms may differ in the last bits, so that a choice comes with the lead of its score over the second best, and
# whoever asks decides what leads by next to nothing.

# A token for each of some rows. logits: [scored, vocab]. highest: [scored], float32, the largest of each. numbers: int64, four
# lists one after another: which rows, [rows], the keys of their positions, and what their logits are divided by, as
# significands and exponents of 2. Returns the tokens, [rows], int64, and their leads, [rows], float64, no numbers where scores
# are none.
def sampled(self, logits: Tensor, highest: Tensor, numbers: Tensor) -> Tuple[Tensor, Tensor]:
    rows, keys, significands, exponents, = torch.unbind(torch.reshape(numbers, [4, -1]), 0)
    temperatures = torch.mul(torch.exp2(torch.to(exponents, 7)), significands)
    count = torch.size(rows, 0)
    each = torch.floordiv(self.SAMPLED_AT_ONCE() + torch.size(logits, 1) - 1, torch.size(logits, 1))
    tokens = annotate(List[Tensor], [])
    leads = annotate(List[Tensor], [])
    for piece in range(torch.floordiv(count + each - 1, each)):
        first = piece * each
        some = torch.slice(rows, 0, first, first + each)
        scores = torch.sub(torch.index_select(logits, 0, some),
                           torch.unsqueeze(torch.to(torch.index_select(highest, 0, some), 7), 1))
        scores = torch.div_(scores, torch.unsqueeze(torch.slice(temperatures, 0, first, first + each), 1))
        scores = torch.sub_(scores, self.negative_noise(torch.slice(keys, 0, first, first + each), torch.size(logits, 1)))
        best, chosen, = torch.max(scores, 1)
        scores = torch.scatter_(scores, 1, torch.unsqueeze(chosen, 1), -inf)
        _0 = torch.append(tokens, chosen)
        _1 = torch.append(leads, torch.sub(best, torch.amax(scores, [1])))
    return (torch.cat(tokens, 0), torch.cat(leads, 0))

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
