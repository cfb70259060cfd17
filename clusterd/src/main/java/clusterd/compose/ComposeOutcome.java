package clusterd.compose;

import java.util.List;
import java.util.Optional;

/**
 * What became of a {@link ComposeInput}.
 *
 * @param project  if there is no error
 * @param errors   all there are
 * @param warnings what has no effect, and the like
 */
public record ComposeOutcome(Optional<ComposeProject> project, List<Problem> errors, List<Problem> warnings) {
    /** Copies the lists. */
    public ComposeOutcome {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }
}
