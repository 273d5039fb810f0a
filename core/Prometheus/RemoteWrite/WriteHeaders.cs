namespace AmpEdge.Prometheus;

/// <summary>Header names and values of remote write.</summary>
public static class WriteHeaders
{
    public const string Version = "X-Prometheus-Remote-Write-Version";

    /// <summary>How many samples a receiver of version 2.0 stored.</summary>
    public const string SamplesWritten = "X-Prometheus-Remote-Write-Samples-Written";

    public const string HistogramsWritten = "X-Prometheus-Remote-Write-Histograms-Written";

    public const string ExemplarsWritten = "X-Prometheus-Remote-Write-Exemplars-Written";

    /// <summary>The content type under which a message of the version is sent.</summary>
    public static string ContentTypeOf(WriteProtocol protocol) => protocol == WriteProtocol.V2
        ? "application/x-protobuf;proto=io.prometheus.write.v2.Request"
        : "application/x-protobuf";

    /// <summary>The value of <see cref="Version"/> that goes with it.</summary>
    public static string VersionOf(WriteProtocol protocol) => protocol == WriteProtocol.V2 ? "2.0.0" : "0.1.0";
}
