package cli.command;

import cli.lab.HostView;
import cli.lab.Labs;
import cli.lab.plan.LabDescription;
import cli.lab.plan.LabRefusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists labs of virtual hosts. */
final class LabListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(LabClusterCommand.addBase(new Syntax("lab ls", "List labs of virtual hosts")));
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        Labs labs = LabClusterCommand.labs(arguments, console);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String name : labs.names()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Name", name);
            try {
                LabDescription lab = labs.find(name);
                List<HostView> views = labs.views(lab);
                row.put("Nodes", Integer.toString(views.size()));
                row.put("Running", Long.toString(views.stream()
                        .filter(view -> view.state() == HostView.State.RUNNING).count()));
                row.put("Subnet", lab.subnet().toString());
                row.put("Folder", lab.folder().toString());
            } catch (LabRefusal unreadable) {
                console.say("jctl: " + unreadable.getMessage());
                row.putAll(Map.of("Nodes", "?", "Running", "?", "Subnet", "", "Folder", ""));
            }
            rows.add(row);
        }
        new Listing("Name", new Listing.Column("NAME", "Name", false),
                new Listing.Column("NODES", "Nodes", false),
                new Listing.Column("RUNNING", "Running", false),
                new Listing.Column("SUBNET", "Subnet", false),
                new Listing.Column("FOLDER", "Folder", false)).print(rows, arguments, console);
        return 0;
    }
}
