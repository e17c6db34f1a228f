# Matrices of 8-bit integers for CPUs that add products in 32 bits (VNNI): 255 steps a row.

def packed(self, w: Tensor) -> Matrix:
    return self.prepacked(w, torch.mul(torch.amax(torch.abs(w), [1]), 0.007874015718698502))

def prepacked(self, w: Tensor, scales: Tensor) -> Matrix:
    zeros = torch.zeros([torch.size(w, 0)], dtype=4)
    return ops.quantized.linear_prepack(torch.quantize_per_channel(w, torch.clamp_min(scales, 1e-30), zeros, 0, 12), None)
