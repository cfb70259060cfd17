package clusterd.compose;

import java.util.SortedMap;

/**
 * A named volume of a project.
 *
 * @param name     in the cluster
 * @param external whether it is there already, and stays
 * @param labels   the user's own
 */
public record ComposeVolume(String name, boolean external, SortedMap<String, String> labels) {
    /** Copies the labels. */
    public ComposeVolume {
        labels = ComposeProject.sorted(labels);
    }
}
