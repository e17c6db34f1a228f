# Root tokens by what they add to the heads' first layer.

def root_rows(self, roots: Tensor, table: Tensor, rotation: List[Tensor], ws: List[Tensor]) -> Tensor:
    return torch.embedding(ws[self.TABLE()], roots)
