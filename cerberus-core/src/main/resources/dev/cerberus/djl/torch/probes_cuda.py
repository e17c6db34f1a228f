# Attention in bf16 on a CUDA device: its kernels exist for devices that compute in bf16, and for no older ones.

def flash(self, index: int) -> bool:
    q = self.queries(index)
    y = torch._scaled_dot_product_flash_attention(q, q, q)
    return self.finite(y[0])

def efficient(self, index: int) -> bool:
    q = self.queries(index)
    y = torch._scaled_dot_product_efficient_attention(q, q, q, None, False)
    return self.finite(y[0])

def queries(self, index: int) -> Tensor:
    return torch.ones([1, 1, 8, 64], dtype=15, device=torch.device("cuda", index))

def finite(self, y: Tensor) -> bool:
    return torch.eq(torch.item(torch.sum(torch.to(y, 6))), 512.)
