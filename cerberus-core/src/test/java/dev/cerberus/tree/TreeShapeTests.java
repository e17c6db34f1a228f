package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TreeShapeTests {

    @Test
    void branchingGivesEveryNodeThatManyChildren() {
        TreeShape shape = TreeShape.branching(3, 2, 1);
        assertThat(shape.nodeCount()).isEqualTo(3 + 3 * 2 + 3 * 2 * 1);
        assertThat(shape.depth()).isEqualTo(3);
        assertThat(IntStream.rangeClosed(1, 4).map(shape::width)).containsExactly(3, 2, 1, 0);
    }

    @Test
    void nodesAreInDepthFirstOrder() {
        TreeShape shape = TreeShape.parse("1;0,1;0;0,0;0,0,0");
        assertThat(shape).hasToString("0;0,0;0,0,0;0,1;1;");
        assertThat(IntStream.range(0, 5).map(shape::parentInTree)).containsExactly(0, 1, 2, 1, 0);
        assertThat(IntStream.range(0, 5).map(shape::depth)).containsExactly(1, 2, 3, 2, 1);
        assertThat(IntStream.range(0, 5).map(shape::rank)).containsExactly(0, 0, 0, 1, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "4,2,1|4,2,1", " 4 , 2 |4,2", "3|3" })
    void parseReadsBranchingLists(String text, String branching) {
        int[] widths = Arrays.stream(branching.split(",")).mapToInt(Integer::parseInt).toArray();
        assertThat(TreeShape.parse(text)).isEqualTo(TreeShape.branching(widths));
    }

    @Test
    void parseAddsThePrefixesOfPaths() {
        assertThat(TreeShape.parse("2,1,0;")).isEqualTo(TreeShape.parse("2;2,1;2,1,0"));
    }

    @Test
    void parseReadsWhatToStringWrites() {
        for (TreeShape shape : List.of(TreeShape.branching(1), TreeShape.branching(4, 2, 1), TreeShape.parse("7;"),
                TreeShape.parse(" 0 ; 3 , 1 "))) {
            assertThat(TreeShape.parse(shape.toString())).isEqualTo(shape).hasSameHashCodeAs(shape);
        }
    }

    @Test
    void equalsTellsShapesOfOneSizeApart() {
        assertThat(TreeShape.parse("0;1")).isNotEqualTo(TreeShape.parse("0;0,0")).isNotEqualTo(TreeShape.parse("0;2"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "  ", ";", ";;", "a", "4,x", "4,", ",4", "4,,2", "1.5", "0;;1", "0;a", "0;1,",
            "4;2;1;-", "99999999999", "auto" })
    void parseOfAnythingElseSaysWhatIsAllowed(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.parse(text))
            .withMessage("tree shape '" + text
                    + "' is neither 'auto', nor a branching list such as 4,2,1, nor paths such as 0;1;0,0;0,1");
    }

    @ParameterizedTest
    @ValueSource(strings = { "0", "4,0,1", "-3" })
    void branchingBelowOneIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.parse(text))
            .withMessageStartingWith("children per node of a tree shape must be at least 1, was ");
    }

    @Test
    void negativeRanksAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.parse("0;1,-2"))
            .withMessage("ranks in a tree shape must be at least 0, was -2 in path [1, -2]");
    }

    @ParameterizedTest
    @ValueSource(strings = { "1025", "32,32", "2000000000", "2000000000,2000000000", "2,2,2,2,2,2,2,2,2,2" })
    void shapesOfTooManyNodesAreRefusedBeforeTheyAreBuilt(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.parse(text))
            .withMessageEndingWith("has more than 1024 nodes; use fewer children per node");
    }

    @Test
    void largestShapeIsAllowed() {
        assertThat(TreeShape.branching(1024).nodeCount()).isEqualTo(1024);
        assertThat(TreeShape.parse(zeros(1024) + ";").depth()).isEqualTo(1024);
    }

    @Test
    void tooManyOrTooLongPathsAreRefused() {
        String many = IntStream.rangeClosed(0, 1024).mapToObj(Integer::toString).collect(Collectors.joining(";"));
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.parse(many))
            .withMessageStartingWith("a tree shape may have at most 1024 nodes");
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.parse(zeros(1025) + ";"))
            .withMessage("a path of a tree shape needs 1..1024 ranks, was 1025");
    }

    private static String zeros(int count) {
        return String.join(",", Collections.nCopies(count, "0"));
    }

    @Test
    void emptyShapesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(TreeShape::branching)
            .withMessage("a tree shape needs at least one depth, such as 4,2,1");
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.ofPaths(List.of()))
            .withMessage("a tree shape needs at least one path, such as 0;1;0,0");
        assertThatIllegalArgumentException().isThrownBy(() -> TreeShape.ofPaths(List.of(new int[0])))
            .withMessage("a path of a tree shape needs 1..1024 ranks, was 0");
    }

    @Test
    void limitedToCutsDeeperNodes() {
        TreeShape shape = TreeShape.branching(4, 2, 1);
        assertThat(shape.limitedTo(2)).isEqualTo(TreeShape.branching(4, 2));
        assertThat(shape.limitedTo(1)).isEqualTo(TreeShape.branching(4));
        assertThat(shape.limitedTo(3)).isSameAs(shape);
        assertThat(shape.limitedTo(99)).isSameAs(shape);
        assertThatIllegalArgumentException().isThrownBy(() -> shape.limitedTo(0))
            .withMessage("the depth limit of a tree shape must be at least 1, was 0");
    }

}
