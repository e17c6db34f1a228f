package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ProvenanceTests {

    private static final String REVISION = "0123456789abcdef0123456789abcdef01234567";

    private static final String OTHER = "fedcba9876543210fedcba9876543210fedcba98";

    @TempDir
    private Path directory;

    @Test
    void revisionIsThatOfTheBranch() throws IOException {
        write("repository/.git/HEAD", "ref: refs/heads/main\n");
        write("repository/.git/refs/heads/main", REVISION + "\n");
        assertThat(Provenance.gitRevision(this.directory.resolve("repository/a/b"))).hasValue(REVISION);
    }

    @Test
    void revisionIsFoundAmongPackedBranches() throws IOException {
        write("repository/.git/HEAD", "ref: refs/heads/main\n");
        write("repository/.git/packed-refs",
                "# pack-refs\n" + OTHER + " refs/heads/x\n" + REVISION + " refs/heads/main\n");
        assertThat(Provenance.gitRevision(this.directory.resolve("repository"))).hasValue(REVISION);
    }

    @Test
    void revisionOfAWorktreeIsThatOfItsOwnBranch() throws IOException {
        write("repository/.git/HEAD", "ref: refs/heads/main\n");
        write("repository/.git/refs/heads/main", OTHER + "\n");
        write("repository/.git/refs/heads/side", REVISION + "\n");
        Path own = this.directory.resolve("repository/.git/worktrees/side");
        write("repository/.git/worktrees/side/HEAD", "ref: refs/heads/side\n");
        write("repository/.git/worktrees/side/commondir", "../..\n");
        write("repository/side/.git", "gitdir: " + own + "\n");
        assertThat(Provenance.gitRevision(this.directory.resolve("repository/side"))).hasValue(REVISION);
    }

    @Test
    void revisionOfASubmoduleIsItsOwn() throws IOException {
        write("repository/.git/HEAD", OTHER + "\n");
        write("repository/.git/modules/sub/HEAD", REVISION + "\n");
        write("repository/sub/.git", "gitdir: ../.git/modules/sub\n");
        assertThat(Provenance.gitRevision(this.directory.resolve("repository/sub"))).hasValue(REVISION);
    }

    @Test
    void whatIsNoRepositoryHasNoRevision() throws IOException {
        write("repository/.git", "something else\n");
        assertThat(Provenance.gitRevision(this.directory.resolve("repository"))).isEmpty();
    }

    private void write(String name, String text) throws IOException {
        Path file = this.directory.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }

}
