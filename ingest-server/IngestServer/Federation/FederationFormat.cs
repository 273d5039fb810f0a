using System.Linq;
using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Federation;

/// <summary>
/// What a federating Prometheus is answered in: delimited protobuf when it asks for that, else text 0.0.4. OpenMetrics is
/// never offered here, by Prometheus neither: its types would have to be known.
/// </summary>
/// <param name="IsProtobuf">Which of the two.</param>
/// <param name="Escaping">How names are written that are not legacy names (<see cref="NameEscaping"/>).</param>
internal readonly record struct FederationFormat(bool IsProtobuf, string Escaping)
{
    private const string ProtobufType = "application/vnd.google.protobuf";
    private const string FamilyMessage = "io.prometheus.client.MetricFamily";
    private const string Delimited = "delimited";

    public string ContentType => IsProtobuf
        ? $"{ProtobufType}; proto={FamilyMessage}; encoding={Delimited}; escaping={Escaping}"
        : $"text/plain; version=0.0.4; charset=utf-8; escaping={Escaping}";

    /// <summary>The most wanted type that is offered; the escaping is the last one named up to there.</summary>
    public static FederationFormat Choose(string accept)
    {
        string escaping = NameEscaping.Underscores;
        foreach (AcceptedType type in AcceptedType.ParseAll(accept).OrderByDescending(static type => type.Quality))
        {
            string asked = type.Parameter("escaping");
            escaping = NameEscaping.IsKnown(asked) ? asked : escaping;
            if (type.MediaType == ProtobufType && type.Parameter("proto") == FamilyMessage
                && type.Parameter("encoding") == Delimited)
            {
                return new FederationFormat(IsProtobuf: true, escaping);
            }

            if (type.MediaType == "text/plain" && type.Version is "" or "0.0.4")
            {
                break;
            }
        }

        return new FederationFormat(IsProtobuf: false, escaping);
    }
}
