# Matrices of 8-bit integers as FBGEMM wants them. steps(), from a file of its own, says how wide a step of each row is.

def packed(self, w: Tensor) -> Matrix:
    steps = self.steps(w)
    return self.packed_integers(self.in_steps(w, steps), steps)

# The numbers that quantize_per_channel gives, several times as fast.
def in_steps(self, w: Tensor, steps: Tensor) -> Tensor:
    return torch.to(torch.round_(torch.mul(w, torch.reciprocal(torch.unsqueeze(steps, 1)))), 1)

# Returns the largest magnitude of every row, without a copy of the matrix.
def magnitude(self, w: Tensor) -> Tensor:
    return torch.maximum(torch.amax(w, [1]), torch.neg(torch.amin(w, [1])))

# What is too large to be worked on at once is rounded a few rows at a time.
def round_rows(self, w: Tensor, first: int, integers: Tensor, steps: Tensor) -> Tensor:
    own = self.steps(w)
    end = first + torch.size(w, 0)
    _0 = torch.copy_(torch.slice(steps, 0, first, end), own)
    return torch.copy_(torch.slice(integers, 0, first, end), self.in_steps(w, own))

def packed_integers(self, integers: Tensor, steps: Tensor) -> Matrix:
    zeros = torch.zeros([torch.size(integers, 0)], dtype=4)
    whole = torch._make_per_channel_quantized_tensor(integers, steps, zeros, 0)
    return ops.quantized.linear_prepack(whole, None)
