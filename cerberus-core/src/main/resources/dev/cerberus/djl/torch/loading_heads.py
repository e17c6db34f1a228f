# Weights of draft heads, fused over the heads.

def stacked(self, parts: List[Tensor]) -> Tensor:
    return torch.contiguous(torch.transpose(torch.stack(parts, 0), 1, 2))

def stacked_rows(self, parts: List[Tensor]) -> Tensor:
    return torch.unsqueeze(torch.stack(parts, 0), 1)

# Divides the columns from the first one for embeddings on, where they are.
def balanced(self, w: Tensor, first: int, divisor: float) -> Tensor:
    _0 = torch.div_(torch.slice(w, 1, first), divisor)
    return w

def for_state(self, w: Tensor) -> Tensor:
    return torch.contiguous(torch.slice(w, 1, 0, torch.floordiv(torch.size(w, 1), 2)))

def by_root(self, w: Tensor, table: Tensor, bias: Tensor) -> Tensor:
    for_root = torch.slice(w, 1, torch.floordiv(torch.size(w, 1), 2))
    return torch.addmm(bias, table, torch.t(for_root))

def scales(self, parts: List[Tensor]) -> Tensor:
    largest = torch.amax(torch.abs(parts[0]), [1])
    return torch.clone(torch.div(torch.clamp(largest, 1e-6), 127.))

def rounded(self, parts: List[Tensor]) -> Tensor:
    rows = torch.div(torch.to(parts[0], 6), torch.unsqueeze(torch.to(parts[1], 6), 1))
    return torch.clone(torch.to(torch.clamp(torch.round(rows), -127., 127.), 1))

def unbiased(self, bias: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(bias), bias], 0)

def chosen(self, w: Tensor, rows: List[int]) -> Tensor:
    return torch.index_select(w, 0, torch.tensor(rows, dtype=4, device=ops.prim.device(w)))
