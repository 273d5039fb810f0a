using System.Text.Json;

namespace AmpEdge.Proxy.FanOut;

/// <summary>What all answers of Prometheus's API have in common: status, data, warnings, infos.</summary>
internal static class AnswerEnvelope
{
    /// <summary>Reads a whole successful answer.</summary>
    /// <exception cref="JsonException">It is not what Prometheus answers.</exception>
    public static MemberData<T> Read<T>(ReadOnlySpan<byte> text, DataReader<T> readData)
        where T : class
    {
        AnswerReader reader = new(text);
        T? data = null;
        List<string> warnings = [];
        List<string> infos = [];
        string? status = null;
        reader.Expect(JsonTokenType.StartObject, "the answer");
        while (reader.NextName() is { } name)
        {
            switch (name)
            {
                case "status":
                    status = reader.Text(name);
                    break;
                case "data":
                    data = readData(ref reader);
                    break;
                case "warnings":
                    reader.Texts(name, warnings);
                    break;
                case "infos":
                    reader.Texts(name, infos);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.End();
        return status == "success" && data is not null
            ? new MemberData<T>(data, warnings, infos)
            : throw new JsonException($"its status is '{status}', or it has no data");
    }
}
