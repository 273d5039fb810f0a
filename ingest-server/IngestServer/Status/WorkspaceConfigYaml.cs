using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;

namespace AmpEdge.IngestServer.Status;

/// <summary>Writes what the configuration says of one workspace as a configuration file with every default filled in.</summary>
internal static class WorkspaceConfigYaml
{
    public static string Print(ServerConfig config, string workspaceId)
    {
        YamlWriter yaml = new();
        yaml.Text("region", config.Region).Text("account", config.Account);
        List<WorkspaceConfig> one = [];
        foreach (WorkspaceConfig workspace in config.Workspaces)
        {
            if (workspace.Id == workspaceId)
            {
                one.Add(workspace);
            }
        }

        yaml.Section("storage", () =>
        {
            yaml.Text("max_head_size", config.Storage.MaxHeadSize.ToString());
            yaml.Text("max_total_head_size", config.Storage.MaxTotalHeadSize.ToString());
            yaml.Section("exemplars", () => yaml.Number("max", config.Storage.MaxExemplars));
            yaml.Section("wal", () => yaml.Text("fsync", config.Storage.FsyncAlways ? "always" : "interval"));
        });
        yaml.Items("workspaces", one, workspace => Write(yaml, workspace));
        return yaml.ToString();
    }

    private static void Write(YamlWriter yaml, WorkspaceConfig workspace)
    {
        yaml.Text("id", workspace.Id).TextUnlessEmpty("alias", workspace.Alias);
        IngestLimits limits = workspace.Limits;
        yaml.Section("limits", () =>
        {
            yaml.Text("max_request_size", new ByteSize(limits.MaxRequestBytes).ToString());
            yaml.Text("max_decoded_size", new ByteSize(limits.MaxDecodedBytes).ToString());
            yaml.Number("max_series", limits.MaxSeries);
            yaml.Number("max_label_names_per_series", limits.MaxLabelNamesPerSeries);
            yaml.Text("max_label_size", new ByteSize(limits.MaxLabelBytes).ToString());
            yaml.Duration("creation_grace_period", limits.CreationGracePeriod);
            yaml.Duration("out_of_order_time_window", limits.OutOfOrderWindow);
            yaml.Bool("native_histograms", limits.NativeHistograms);
            yaml.Number("max_native_histogram_buckets", limits.MaxNativeHistogramBuckets);
            yaml.Text("metric_name_validation_scheme", limits.Utf8Names ? "utf8" : "legacy");
        });
        yaml.Section("storage", () =>
        {
            yaml.Duration("retention_time", workspace.Retention.Time);
            yaml.Text("retention_size", workspace.Retention.Size.ToString());
        });
    }
}
