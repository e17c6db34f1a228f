# Matrices of 8-bit integers for CPUs that add products pairwise in 16 bits, as all x86 CPUs with AVX2 can.
#
# Activations are up to 255, so two neighbours overflow if they add up to more than 128; if their signs differ, the larger
# one alone decides. A row's steps are as wide as its largest pair needs. Of two numbers that add up to 128 both may be
# rounded up, hence 127.

def steps(self, w: Tensor) -> Tensor:
    even = w
    if torch.size(w, 1) % 2 == 1:
        even = torch.constant_pad_nd(w, [0, 1])
    pairs = torch.reshape(even, [torch.size(w, 0), -1, 2])
    sums = torch.add(torch.select(pairs, 2, 0), torch.select(pairs, 2, 1))
    largest = torch.maximum(self.magnitude(sums), self.magnitude(w))
    return torch.clamp_min(torch.mul(largest, 0.007874015718698502), 1e-30)
