package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.testing.ScriptedTargetModel;

import static org.assertj.core.api.Assertions.assertThat;

class CostMeterTests {

    /** Tokens in the cache and draft nodes of every forward, in order. */
    private final List<int[]> forwards = new ArrayList<>();

    private TargetModel watched(ScriptedTargetModel scripted) {
        return new TargetModel() {

            @Override
            public ModelDimensions dimensions() {
                return scripted.dimensions();
            }

            @Override
            public KvCache newCache(int capacityTokens) {
                return scripted.newCache(capacityTokens);
            }

            @Override
            public long cacheBytesPerToken() {
                return scripted.cacheBytesPerToken();
            }

            @Override
            public int rowLimit() {
                return scripted.rowLimit();
            }

            @Override
            public List<NodeScores> forward(List<Span> spans) {
                if (spans.get(0) instanceof Span.Tree tree) {
                    CostMeterTests.this.forwards.add(new int[] { tree.cache().length(), tree.rows() - 1 });
                }
                return scripted.forward(spans);
            }

            @Override
            public void close() {
                scripted.close();
            }

        };
    }

    private TreeSet<Integer> lengths() {
        TreeSet<Integer> lengths = new TreeSet<>();
        this.forwards.forEach((forward) -> lengths.add(forward[0]));
        return lengths;
    }

    @Test
    void aDeviceThatPlansByShapeIsMeasuredAtItsContextsAlongGrowingLengths() {
        ScriptedTargetModel scripted = new ScriptedTargetModel(20, 512);
        DeviceProfile profile = new DeviceProfile(8, 256, 64, List.of(10, 100), true);
        int most = new CostMeter(watched(scripted), Optional.empty(), profile).measure(8).maxNodes();
        assertThat(most).isEqualTo(8);
        assertThat(lengths()).contains(10, 11, 12, 100, 101, 102);
        assertThat(this.forwards).extracting((forward) -> forward[1]).contains(0, 1, 2, 4, 8);
        for (int i = 1; i < this.forwards.size(); i++) {
            boolean next = this.forwards.get(i)[0] == this.forwards.get(i - 1)[0] + 1;
            assertThat(next || this.forwards.get(i)[0] == 100).as("forward " + i).isTrue();
        }
        scripted.close();
    }

    @Test
    void aCpuIsMeasuredAtOneLength() {
        ScriptedTargetModel scripted = new ScriptedTargetModel(20, 512);
        new CostMeter(watched(scripted), Optional.empty(), DeviceProfile.CPU).measure(8);
        assertThat(lengths()).containsExactly(16);
        scripted.close();
    }

    @Test
    void aContextThatIsTooShortForEitherIsMeasuredAllTheSame() {
        ScriptedTargetModel scripted = new ScriptedTargetModel(20, 24);
        assertThat(new CostMeter(watched(scripted), Optional.empty(), DeviceProfile.CUDA).measure(63).maxNodes())
            .isEqualTo(11);
        assertThat(lengths().first()).isEqualTo(12);
        scripted.close();
    }

    @Test
    void noTreeIsMeasuredThatMayNotBeVerified() {
        ScriptedTargetModel scripted = new ScriptedTargetModel(20, 512).withBlocks(100);
        assertThat(new CostMeter(watched(scripted), Optional.empty(), DeviceProfile.CPU).measure(256).maxNodes())
            .isEqualTo(83);
        assertThat(this.forwards).extracting((forward) -> forward[1]).contains(0, 1, 2, 4, 8, 16, 32, 64, 83);
        scripted.close();
    }

}
