# The root token by what it adds to the heads' first layer.

def root_row(self, root: int, table: Tensor, rotation: List[Tensor], ws: List[Tensor]) -> Tensor:
    return torch.slice(ws[self.TABLE()], 0, root, root + 1)
