package clusterd.compose;

import clusterd.model.Mode;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceEndpoint;
import clusterd.model.UpdatePolicy;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A service of a project, complete: what the file does not say has its usual value.
 *
 * @param name            in the file
 * @param image           reference
 * @param program         what runs in its containers
 * @param isolation       from the node
 * @param links           to networks
 * @param mounts          by their targets
 * @param secrets         as files
 * @param configs         as files
 * @param limits          of its containers
 * @param health          unless it is left to the image
 * @param labels          of its containers
 * @param annotations     of its containers
 * @param serviceLabels   its own: {@code deploy.labels}
 * @param logDriver       {@code ""} = the node's choice
 * @param logOptions      of the driver
 * @param platform        {@code os/architecture[/variant]}; {@code ""} = any
 * @param pullPolicy      {@code always}, {@code missing}, {@code never}; {@code ""} = what is usual
 * @param dependencies    in the order of their names
 * @param profiles        it belongs to; none = it is always active
 * @param mode            how many tasks
 * @param reservation     what a node must have left for one
 * @param placement       where they may be; services are named as in the file
 * @param restart         what follows the end of one
 * @param update          how a change is rolled out
 * @param rollback        how it is taken back
 * @param endpoint        how it is reached by others; its ports are among the links
 * @param project         whose quota it counts against; {@code ""} = what is usual
 * @param priority        a higher one may take the place of lower ones
 */
public record ComposeService(String name, String image, Program program, Isolation isolation, Links links,
        List<ServiceMount> mounts, List<FileUse> secrets, List<FileUse> configs, Limits limits,
        Optional<Health> health, SortedMap<String, String> labels, SortedMap<String, String> annotations,
        SortedMap<String, String> serviceLabels, String logDriver, SortedMap<String, String> logOptions,
        String platform, String pullPolicy, List<Dependency> dependencies, List<String> profiles, Mode mode,
        Resources reservation, Placement placement, RestartPolicy restart, UpdatePolicy update,
        UpdatePolicy rollback, ServiceEndpoint endpoint, String project, int priority) {
    /** Copies maps and lists. */
    public ComposeService {
        mounts = List.copyOf(mounts);
        secrets = List.copyOf(secrets);
        configs = List.copyOf(configs);
        labels = ComposeProject.sorted(labels);
        annotations = ComposeProject.sorted(annotations);
        serviceLabels = ComposeProject.sorted(serviceLabels);
        logOptions = ComposeProject.sorted(logOptions);
        dependencies = List.copyOf(dependencies);
        profiles = List.copyOf(profiles);
    }

    /** The same with other links. */
    public ComposeService with(Links other) {
        return new ComposeService(name, image, program, isolation, other, mounts, secrets, configs, limits, health,
                labels, annotations, serviceLabels, logDriver, logOptions, platform, pullPolicy, dependencies,
                profiles, mode, reservation, placement, restart, update, rollback, endpoint, project, priority);
    }

    /** The same with another restart policy. */
    public ComposeService with(RestartPolicy other) {
        return new ComposeService(name, image, program, isolation, links, mounts, secrets, configs, limits, health,
                labels, annotations, serviceLabels, logDriver, logOptions, platform, pullPolicy, dependencies,
                profiles, mode, reservation, placement, other, update, rollback, endpoint, project, priority);
    }
}
