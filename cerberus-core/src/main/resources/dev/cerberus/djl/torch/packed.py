# Products by oneDNN with weights packed once, on x86 CPUs: a row's result does not depend on the number of rows.
# A Matrix is an opaque tensor that packed() has made of [out, in].

def packed(self, w: Tensor) -> Matrix:
    return ops.mkldnn._reorder_linear_weight(w, 8)

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, w, bias, "none", annotate(List[Optional[number]], []), "")

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, onto, w, bias, "add")
