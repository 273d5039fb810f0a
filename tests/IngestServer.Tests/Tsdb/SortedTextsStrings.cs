using System.Text;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>What a list of texts says, for tests to compare.</summary>
internal static class SortedTextsStrings
{
    public static List<string> Strings(this SortedTexts texts)
    {
        List<string> strings = [];
        for (int place = 0; place < texts.Count; place++)
        {
            strings.Add(Encoding.UTF8.GetString(texts[place]));
        }

        return strings;
    }
}
