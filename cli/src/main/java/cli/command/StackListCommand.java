package cli.command;

import api.cluster.ServiceView;
import clusterd.wire.ComposedService;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists stacks. */
final class StackListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("stack ls", "List stacks"));
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (StackClient client = StackClient.connect(console)) {
            for (ServiceView view : client.services()) {
                counts.merge(view.getService().getSpec().getLabelsOrDefault(ComposedService.STACK_LABEL, ""), 1,
                        Integer::sum);
            }
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        counts.forEach((name, count) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Name", name);
            row.put("Services", count);
            rows.add(row);
        });
        new Listing("Name", new Listing.Column("NAME", "Name", false),
                new Listing.Column("SERVICES", "Services", false)).print(rows, arguments, console);
        return 0;
    }
}
