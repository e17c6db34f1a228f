# What heads read of a rotated model, in the model's own basis. rotation: the floor of the last norm, [1], the two factors
# of the rotation, [a, a] and [b, b] transposed, and the weight of the last norm times the root of the width, [hidden].

def unrotated(self, x: Tensor, rotation: List[Tensor]) -> Tensor:
    grid = torch.reshape(x, [-1, torch.size(rotation[1], 0), torch.size(rotation[2], 0)])
    return torch.reshape(torch.matmul(torch.matmul(rotation[1], grid), rotation[2]), torch.size(x))

def restored(self, x: Tensor, rotation: List[Tensor]) -> Tensor:
    length = torch.hypot(torch.linalg_vector_norm(x, 2, [1], True), rotation[0])
    return torch.mul(torch.div(self.unrotated(x, rotation), length), rotation[3])

def rooted(self, rows: Tensor, rotation: List[Tensor]) -> Tensor:
    return self.unrotated(torch.to(rows, 6), rotation)
