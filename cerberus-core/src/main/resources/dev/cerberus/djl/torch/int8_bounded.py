# Matrices of 8-bit integers for CPUs that add products pairwise in 16 bits, as all x86 CPUs with AVX2 can.
#
# Activations are up to 255, so two neighbours overflow if their weights have one sign and add up to more than 128. A
# row's steps are as wide as its largest pair needs: about a bit coarser than a row whose largest number decides. Of two
# numbers that add up to 128 both may be rounded up, hence the margin.

def packed(self, w: Tensor) -> Matrix:
    even = w
    if torch.size(w, 1) % 2 == 1:
        even = torch.constant_pad_nd(w, [0, 1])
    pairs = torch.reshape(even, [torch.size(w, 0), -1, 2])
    first = torch.select(pairs, 2, 0)
    second = torch.select(pairs, 2, 1)
    sums = torch.abs(torch.add(first, second))
    together = torch.where(torch.gt(torch.mul(first, second), 0), sums, torch.zeros_like(sums))
    largest = torch.mul(torch.amax(torch.abs(w), [1]), 0.007874015718698502)
    scales = torch.maximum(torch.div(torch.amax(together, [1]), 127.), largest)
    return self.prepacked(w, scales)

def prepacked(self, w: Tensor, scales: Tensor) -> Matrix:
    zeros = torch.zeros([torch.size(w, 0)], dtype=4)
    return ops.quantized.linear_prepack(torch.quantize_per_channel(w, torch.clamp_min(scales, 1e-30), zeros, 0, 12), None)
