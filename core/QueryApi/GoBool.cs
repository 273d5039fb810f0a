using AmpEdge.Prometheus;

namespace AmpEdge.QueryApi;

/// <summary>Truth values of API parameters in the spellings that Prometheus takes.</summary>
public static class GoBool
{
    public static bool TryParse(string text, out bool value, out string problem)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        bool known = value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
        problem = known
            ? ""
            : $"strconv.ParseBool: parsing {LabelsFormatter.Quote(TimeParameter.Clip(text))}: invalid syntax";
        return known;
    }
}
