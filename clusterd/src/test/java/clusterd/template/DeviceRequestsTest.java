package clusterd.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import api.node.CreateContainerRequest;
import clusterd.model.ContainerTemplate;
import clusterd.model.Resources;
import clusterd.model.TaskTemplate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import runtime.device.ResourceRequest;
import runtime.device.ResourceWords;

/** Devices in templates, and what is reserved for them. */
class DeviceRequestsTest {
    private static ResourceRequest request(String words) {
        ResourceWords.Reading reading = ResourceWords.read(List.of(words.split(",")));
        assertEquals(List.of(), reading.problems());
        return reading.request();
    }

    private static TaskTemplate template(Resources reservation, ResourceRequest... requests) {
        CreateContainerRequest.Builder options = CreateContainerRequest.newBuilder().setImage("web:1");
        List.of(requests).forEach(each -> options.addResourceRequests(DeviceRequests.message(each)));
        return TaskTemplate.of(new ContainerTemplate("web:1", options.build().toByteArray()), reservation);
    }

    @Test
    void whatIsAskedForIsReserved() {
        TaskTemplate counted = DeviceRequests.counted(template(Resources.of(500, 0).with("ssd", 1),
                request("media=2,vlan=100"), request("media,vlan=200"), request("intel.com/fpga")));
        assertEquals(Map.of("sriov/media", 3L, "intel.com/fpga", 1L, "ssd", 1L), counted.reservation().named());
        assertEquals(500, counted.reservation().cpuMillis());
        assertSame(counted, DeviceRequests.counted(counted), "once is enough");
        TaskTemplate plain = template(Resources.of(500, 0));
        assertSame(plain, DeviceRequests.counted(plain));
        TaskTemplate malformed = TaskTemplate.of(new ContainerTemplate("a", new byte[] {(byte) 0xff, 1}), Resources.NONE);
        assertSame(malformed, DeviceRequests.counted(malformed));
    }

    @Test
    void whatCanBeDoneWithoutIsNotCountedOn() {
        TaskTemplate template = template(Resources.NONE, request("media,optional=on"), request("intel.com/fpga"));
        assertEquals(Map.of("intel.com/fpga", 1L), DeviceRequests.counted(template).reservation().named());
    }

    @Test
    void processorsAloneAreReservedLikeDevices() {
        TaskTemplate alone = TaskTemplate.of(new ContainerTemplate("web:1", CreateContainerRequest.newBuilder().setImage("web:1").setExclusiveCpus(2)
                .addResourceRequests(DeviceRequests.message(request("media"))).build().toByteArray()), Resources.NONE);
        assertEquals(Map.of("sriov/media", 1L, ResourceRequest.EXCLUSIVE_CPUS, 2L), DeviceRequests.counted(alone).reservation().named());
    }

    @Test
    void whatIsReservedOtherwiseIsRefused() {
        assertEquals(List.of(), ContainerTemplateCheck.problems(template(Resources.NONE.with("sriov/media", 2), request("media=2"))));
        assertEquals(List.of("3 of sriov/media are reserved, and the container asks for 2: reserve none of it, since what is"
                        + " asked for is reserved by itself"),
                ContainerTemplateCheck.problems(template(Resources.NONE.with("sriov/media", 3), request("media=2"))));
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        ResourceRequest one = request("media");
        assertEquals(List.of("--resource: \"media\" is no name of a resource: DOMAIN/NAME, as sriov/media",
                        "--resource: sriov/media: 2 network devices cannot all be net0: name them net0%d",
                        "--resource: sriov/many: 5000 devices cannot be had: 1 to 1024"),
                ContainerTemplateCheck.problems(template(Resources.NONE,
                        new ResourceRequest("media", 1, "", List.of(), one.wish()),
                        new ResourceRequest("sriov/media", 2, "net0", List.of(), one.wish()),
                        new ResourceRequest("sriov/many", 5000, "", List.of(), one.wish()))));
    }

    @Test
    void messagesAndRecordsAreTheSame() {
        for (String words : List.of("sriov/media", "sriov/media=3,name=m%d", "a.b/c,ip=10.0.0.1/8,ip=fd00::1/64",
                "sriov/media,name=m,optional=on", "sriov/media,mac=02:00:00:00:00:01,vlan=0,qos=0,proto=802.1ad,spoofchk=off,trust=on,min-rate=0,"
                        + "max-rate=4294967295,state=enable,mtu=1500")) {
            ResourceRequest request = request(words);
            assertEquals(request, DeviceRequests.record(DeviceRequests.message(request)));
            assertEquals(words, ResourceWords.text(request));
        }
    }
}
