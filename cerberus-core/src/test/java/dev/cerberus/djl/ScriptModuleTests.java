package dev.cerberus.djl;

import java.util.List;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ScriptModuleTests {

    private static final String SOURCE = """
              def doubled(self: __torch__.M, x: Tensor) -> Tensor:
                return torch.mul(x, 2)
              def parts(self: __torch__.M, xs: List[Tensor]) -> Tuple[Tensor, Tensor]:
                return (torch.cat(xs, 0), torch.stack(xs, 0))
              def pair(self: __torch__.M, x: Tensor) -> List[Tensor]:
                return [x, torch.neg(x)]
              def answer(self: __torch__.M) -> int:
                return 42
              def gradient(self: __torch__.M, xs: List[Tensor], scales: List[Tensor]) -> List[Tensor]:
                torch.set_grad_enabled(True)
                x = torch.requires_grad_(torch.detach(xs[0]))
                y = torch.sum(torch.mul(torch.mul(x, x), scales[0]))
                g = torch.grad([y], [x])[0]
                torch.set_grad_enabled(False)
                return [torch.detach(y), ops.prim.unchecked_unwrap_optional(g)]
            """;

    private NDManager owner;

    private ScriptModule module;

    @BeforeEach
    void load() {
        this.owner = TorchDevice.of("cpu").newManager();
        this.module = ScriptModule.load(this.owner, SOURCE);
    }

    @AfterEach
    void close() {
        this.module.close();
        this.owner.close();
    }

    @Test
    void loadWhenAnOperatorDoesNotExistShowsTheMessageOfLibtorch() {
        assertThatIllegalArgumentException().isThrownBy(() -> ScriptModule.load(this.owner, """
                def f(self: __torch__.M, x: Tensor) -> Tensor:
                  return torch.no_such_operator(x)
                """))
            .withMessageStartingWith("libtorch rejects the TorchScript source: ")
            .withMessageContaining("no_such_operator");
    }

    @Test
    void loadWhenTheSyntaxIsWrongShowsTheLine() {
        assertThatIllegalArgumentException().isThrownBy(() -> ScriptModule.load(this.owner, """
                def f(self: __torch__.M, x: Tensor) -> Tensor:
                  return torch.mul(x,
                """)).withMessageContaining("return torch.mul(x,");
    }

    @Test
    void loadWhenTheReturnTypeIsWrongNamesBothTypes() {
        assertThatIllegalArgumentException().isThrownBy(() -> ScriptModule.load(this.owner, """
                def f(self: __torch__.M, x: Tensor) -> List[int]:
                  return torch.mul(x, 2)
                """)).withMessageContaining("List[int]").withMessageContaining("Tensor");
    }

    @Test
    void loadWhenTheSourceIsBlankIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ScriptModule.load(this.owner, " \n"))
            .withMessageContaining("blank");
    }

    @Test
    void loadAfterARejectedSourceWorks() {
        assertThatIllegalArgumentException().isThrownBy(() -> ScriptModule.load(this.owner, "def f(:"));
        try (ScriptModule next = ScriptModule.load(this.owner, SOURCE); IValue answer = next.call("answer")) {
            assertThat(answer.toLong()).isEqualTo(42);
        }
    }

    @Test
    void aProgramForFewCallsAnswersAsOthersDoOverAndOver() {
        try (ScriptModule few = ScriptModule.loadForFewCalls(this.owner, SOURCE);
                NDArray x = this.owner.create(new float[] { 1, 2 });
                IValue argument = ScriptModule.listArgument(List.of(x, x))) {
            for (int i = 0; i < 4; i++) {
                NDArray[] expected = this.module.callForArrays("parts", this.owner, argument);
                NDArray[] parts = few.callForArrays("parts", this.owner, argument);
                assertThat(parts).hasSameSizeAs(expected);
                for (int part = 0; part < parts.length; part++) {
                    assertThat(parts[part].toFloatArray()).isEqualTo(expected[part].toFloatArray());
                }
            }
        }
    }

    @Test
    void callForArrayAttachesTheResultToTheTarget() {
        NDArray result;
        try (NDManager target = this.owner.newSubManager();
                NDArray x = this.owner.create(new float[] { 1, 2 });
                IValue argument = ScriptModule.argument(x)) {
            result = this.module.callForArray("doubled", target, argument);
            assertThat(result.toFloatArray()).containsExactly(2, 4);
            assertThat(result.getManager()).isSameAs(target);
            assertThat(x.toFloatArray()).containsExactly(1, 2);
        }
        assertThatThrownBy(result::toFloatArray).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void callForArraysAttachesTheElementsOfATupleAndOfAListToTheTarget() {
        try (NDManager target = this.owner.newSubManager();
                NDArray x = this.owner.create(new float[] { 1 });
                NDArray y = this.owner.create(new float[] { 2 });
                IValue one = ScriptModule.argument(x);
                IValue both = ScriptModule.listArgument(List.of(x, y))) {
            NDArray[] tuple = this.module.callForArrays("parts", target, both);
            NDArray[] list = this.module.callForArrays("pair", target, one);
            assertThat(tuple).hasSize(2).allSatisfy((array) -> assertThat(array.getManager()).isSameAs(target));
            assertThat(tuple[0].toFloatArray()).containsExactly(1, 2);
            assertThat(tuple[1].getShape().getShape()).containsExactly(2, 1);
            assertThat(list).hasSize(2).allSatisfy((array) -> assertThat(array.getManager()).isSameAs(target));
            assertThat(list[1].toFloatArray()).containsExactly(-1);
        }
    }

    @Test
    void callWithAutogradReturnsGradientsAttachedToTheTarget() {
        try (NDManager target = this.owner.newSubManager();
                NDArray x = this.owner.create(new float[] { 1, 2, 3 });
                NDArray scales = this.owner.create(new float[] { 1, 10, 100 })) {
            NDList results = this.module.callWithAutograd("gradient", target, List.of(x), List.of(scales));
            // y = sum of scale * x^2, dy/dx = 2 * scale * x
            assertThat(results.get(0).toFloatArray()).containsExactly(941);
            assertThat(results.get(1).toFloatArray()).containsExactly(2, 40, 600);
            assertThat(results).allSatisfy((array) -> assertThat(array.getManager()).isSameAs(target));
        }
    }

    @Test
    void callsLeaveNothingBehindWhenTheirResultsAreClosed() {
        try (NDArray x = this.owner.create(new float[] { 1, 2, 3 });
                NDArray scales = this.owner.create(new float[] { 1, 10, 100 });
                IValue argument = ScriptModule.argument(x)) {
            int before = ManagedResources.count(this.owner);
            for (int i = 0; i < 50; i++) {
                this.module.callForArray("doubled", this.owner, argument).close();
                this.module.callWithAutograd("gradient", this.owner, List.of(x), List.of(scales)).close();
                ScriptModule.load(this.owner, SOURCE).close();
            }
            assertThat(ManagedResources.count(this.owner)).isEqualTo(before);
        }
    }

    @Test
    void callWhenAnOperatorFailsThrowsAndTheProgramStaysUsable() {
        try (NDArray x = this.owner.zeros(new Shape(2, 2));
                NDArray y = this.owner.create(new float[] { 2 });
                IValue both = ScriptModule.listArgument(List.of(x, y))) {
            assertThatThrownBy(() -> this.module.callForArrays("parts", this.owner, both))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cat");
            assertThatThrownBy(() -> this.module.call("missing")).isInstanceOf(EngineException.class)
                .hasMessageContaining("missing");
        }
        try (IValue answer = this.module.call("answer")) {
            assertThat(answer.toLong()).isEqualTo(42);
        }
    }

    @Test
    void closeTwiceIsFineAndACallAfterwardsIsRefused() {
        this.module.close();
        assertThatNoException().isThrownBy(this.module::close);
        assertThatThrownBy(() -> this.module.call("answer")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeOfTheOwnerClosesTheProgram() {
        this.owner.close();
        assertThatThrownBy(() -> this.module.call("answer")).isInstanceOf(IllegalStateException.class);
        assertThatNoException().isThrownBy(this.module::close);
    }

}
