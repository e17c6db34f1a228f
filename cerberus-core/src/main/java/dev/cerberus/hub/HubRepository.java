package dev.cerberus.hub;

import java.util.List;

/**
 * What a hub says about one revision of a repository.
 *
 * @param commit the commit that the revision stands for
 * @param names the names of all its files
 */
record HubRepository(String commit, List<String> names) {

    HubRepository {
        names = List.copyOf(names);
        if (!commit.matches("[0-9A-Za-z]{1,64}")) {
            throw new HubException("the hub names the commit '" + commit + "', which is no hash",
                    "use the hub itself or another mirror");
        }
    }

}
