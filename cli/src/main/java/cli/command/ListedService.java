package cli.command;

import api.cluster.Autoscaling;
import api.cluster.ContainerTemplate;
import api.cluster.HostPort;
import api.cluster.EndpointPort;
import api.cluster.Mode;
import api.cluster.Placement;
import api.cluster.Service;
import api.cluster.ServiceEndpoint;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.TaskTemplate;
import api.cluster.UpdateStatus;
import api.node.CreateContainerRequest;
import api.node.PortRequest;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;

/** The fields of a ServiceView that a list, or one who waits, looks at; units as in cluster.proto. */
final class ListedService {
    String id = "";
    String name = "";
    String project = "";
    String image = "";
    /** "key=value" */
    final List<String> labels = new ArrayList<>();
    /** "*:8080->80/tcp" */
    final List<String> ports = new ArrayList<>();
    /** The number of the field of Mode that is set; 0 = none. */
    int mode;
    /** Tasks of a replicated job at once. */
    private long parallelism;
    String schedule = "";
    long maxPerNode;
    long version;
    long createdMillis;
    long updatedMillis;
    boolean removed;
    /** A value of UpdateStatus.Phase. */
    int phase;
    long updateStartedMillis;
    String updateMessage = "";
    long running;
    long wanted;
    long completed;
    String waitingFor = "";
    /** Why it will get what it lacks only once it is changed; empty = it may come by itself. */
    String standstill = "";
    /** {@code 1 to 10, cpu 70%}; empty if it is not scaled by itself. */
    String autoscale = "";

    /** Reads a ServiceView. */
    static ListedService read(MessageReader view) throws MalformedMessageException {
        ListedService listed = new ListedService();
        while (view.next()) {
            switch (view.field()) {
                case ServiceView.SERVICE_FIELD_NUMBER -> listed.service(view.message());
                case ServiceView.RUNNING_FIELD_NUMBER -> listed.running = view.number();
                case ServiceView.WANTED_FIELD_NUMBER -> listed.wanted = view.number();
                case ServiceView.COMPLETED_FIELD_NUMBER -> listed.completed = view.number();
                case ServiceView.WAITING_FOR_FIELD_NUMBER -> listed.waitingFor = view.string();
                case ServiceView.STANDSTILL_FIELD_NUMBER -> listed.standstill = view.string();
                default -> { }
            }
        }
        return listed;
    }

    /** Whether its tasks shall come to an end. */
    boolean isJob() {
        return mode == Mode.JOB_FIELD_NUMBER || mode == Mode.GLOBAL_JOB_FIELD_NUMBER;
    }

    /** Of a job: tasks that may run at the same time. */
    long atOnce() {
        return mode == Mode.JOB_FIELD_NUMBER ? parallelism : wanted;
    }

    private void service(MessageReader service) throws MalformedMessageException {
        while (service.next()) {
            switch (service.field()) {
                case Service.ID_FIELD_NUMBER -> id = service.string();
                case Service.VERSION_FIELD_NUMBER -> version = service.number();
                case Service.SPEC_FIELD_NUMBER -> spec(service.message());
                case Service.UPDATE_FIELD_NUMBER -> update(service.message());
                case Service.CREATED_MILLIS_FIELD_NUMBER -> createdMillis = service.number();
                case Service.UPDATED_MILLIS_FIELD_NUMBER -> updatedMillis = service.number();
                case Service.REMOVED_FIELD_NUMBER -> removed = service.flag();
                default -> { }
            }
        }
    }

    private void update(MessageReader update) throws MalformedMessageException {
        while (update.next()) {
            switch (update.field()) {
                case UpdateStatus.PHASE_FIELD_NUMBER -> phase = (int) update.number();
                case UpdateStatus.STARTED_MILLIS_FIELD_NUMBER -> updateStartedMillis = update.number();
                case UpdateStatus.MESSAGE_FIELD_NUMBER -> updateMessage = update.string();
                default -> { }
            }
        }
    }

    private void spec(MessageReader spec) throws MalformedMessageException {
        while (spec.next()) {
            switch (spec.field()) {
                case ServiceSpec.NAME_FIELD_NUMBER -> name = spec.string();
                case ServiceSpec.PROJECT_FIELD_NUMBER -> project = spec.string();
                case ServiceSpec.LABELS_FIELD_NUMBER -> labels.add(ListedContainer.label(spec.message()));
                case ServiceSpec.MODE_FIELD_NUMBER -> mode(spec.message());
                case ServiceSpec.TASK_FIELD_NUMBER -> task(spec.message());
                case ServiceSpec.AUTOSCALING_FIELD_NUMBER -> autoscale = autoscale(spec.bytes());
                case ServiceSpec.ENDPOINT_FIELD_NUMBER -> endpoint(spec.bytes());
                default -> { }
            }
        }
    }

    private void endpoint(byte[] message) throws MalformedMessageException {
        try {
            for (EndpointPort port : ServiceEndpoint.parseFrom(message).getPortsList()) {
                ports.add("*:" + port.getPublished() + "->" + port.getTarget() + "/" + port.getProtocol());
            }
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedMessageException("a service's endpoint cannot be read: " + e.getMessage());
        }
    }

    private static String autoscale(byte[] message) throws MalformedMessageException {
        try {
            return AutoscaleFlags.text(Autoscaling.parseFrom(message));
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedMessageException("a service's autoscaling cannot be read: " + e.getMessage());
        }
    }

    private void mode(MessageReader message) throws MalformedMessageException {
        while (message.next()) {
            mode = message.field();
            if (mode == Mode.CRON_FIELD_NUMBER) {
                MessageReader cron = message.message();
                while (cron.next()) {
                    if (cron.field() == Mode.Cron.SCHEDULE_FIELD_NUMBER) {
                        schedule = cron.string();
                    }
                }
            } else if (mode == Mode.JOB_FIELD_NUMBER) {
                MessageReader job = message.message();
                while (job.next()) {
                    if (job.field() == Mode.Job.PARALLELISM_FIELD_NUMBER) {
                        parallelism = job.number();
                    }
                }
            }
        }
    }

    private void task(MessageReader task) throws MalformedMessageException {
        while (task.next()) {
            if (task.field() == TaskTemplate.CONTAINER_FIELD_NUMBER) {
                container(task.message());
            } else if (task.field() == TaskTemplate.PLACEMENT_FIELD_NUMBER) {
                MessageReader placement = task.message();
                while (placement.next()) {
                    if (placement.field() == Placement.MAX_PER_NODE_FIELD_NUMBER) {
                        maxPerNode = placement.number();
                    }
                }
            }
        }
    }

    private void container(MessageReader container) throws MalformedMessageException {
        while (container.next()) {
            if (container.field() == ContainerTemplate.IMAGE_FIELD_NUMBER) {
                image = container.string();
            } else if (container.field() == ContainerTemplate.OPTIONS_FIELD_NUMBER) {
                MessageReader options = container.message();
                while (options.next()) {
                    if (options.field() == CreateContainerRequest.PORTS_FIELD_NUMBER) {
                        ports.add(port(options.message()));
                    }
                }
            }
        }
    }

    private static String port(MessageReader port) throws MalformedMessageException {
        long host = 0;
        long container = 0;
        String protocol = "";
        while (port.next()) {
            switch (port.field()) {
                case PortRequest.FIRST_HOST_PORT_FIELD_NUMBER -> host = port.number();
                case PortRequest.CONTAINER_PORT_FIELD_NUMBER -> container = port.number();
                case PortRequest.PROTOCOL_FIELD_NUMBER -> protocol = port.string();
                default -> { }
            }
        }
        return "*:" + host + "->" + container + "/" + protocol;
    }

    /** A HostPort as "*:8080/tcp". */
    static String hostPort(MessageReader port) throws MalformedMessageException {
        String protocol = "";
        long number = 0;
        while (port.next()) {
            if (port.field() == HostPort.PROTOCOL_FIELD_NUMBER) {
                protocol = port.string();
            } else if (port.field() == HostPort.PORT_FIELD_NUMBER) {
                number = port.number();
            }
        }
        return "*:" + number + "/" + protocol;
    }
}
