package clusterd.session;

import clusterd.model.Desire;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.model.TaskTemplate;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A task as its node is told of it.
 *
 * @param task        which
 * @param service     whose
 * @param serviceName for the container's name and for templates
 * @param slot        its place, from 1; 0 of a global service
 * @param desire      what is wanted of it
 * @param template    what it is
 * @param unique      whether it must end when the node has not heard of a manager for as long as its lease
 * @param nodeName    of the node it is on, for templates
 * @param files       the secrets and configurations the template names, with their bytes
 * @param serviceLabels of the service, for templates
 */
public record Assignment(TaskId task, ServiceId service, String serviceName, int slot, Desire desire,
        TaskTemplate template, boolean unique, String nodeName, List<AssignedFile> files,
        SortedMap<String, String> serviceLabels) {
    /** Copies the list and the labels. */
    public Assignment {
        files = List.copyOf(files);
        serviceLabels = Collections.unmodifiableSortedMap(new TreeMap<>(serviceLabels));
    }

    /** Of a service without labels. */
    public Assignment(TaskId task, ServiceId service, String serviceName, int slot, Desire desire,
            TaskTemplate template, boolean unique, String nodeName, List<AssignedFile> files) {
        this(task, service, serviceName, slot, desire, template, unique, nodeName, files,
                new TreeMap<>());
    }

    /** The same with something later wanted of it. */
    public Assignment with(Desire other) {
        return new Assignment(task, service, serviceName, slot, other, template, unique, nodeName, files,
                serviceLabels);
    }

    /** The same from another template. */
    public Assignment with(TaskTemplate other) {
        return new Assignment(task, service, serviceName, slot, desire, other, unique, nodeName, files,
                serviceLabels);
    }

    /** The same with other files. */
    public Assignment with(List<AssignedFile> others) {
        return new Assignment(task, service, serviceName, slot, desire, template, unique, nodeName, others,
                serviceLabels);
    }
}
