using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>headers</c> section of a route, which names what the flags of aws-sigv4-proxy do.</summary>
internal static class HeadersReader
{
    public static RequestRules Read(ConfigSection? section)
    {
        if (section is null)
        {
            return new RequestRules();
        }

        RequestRules rules = new()
        {
            StripHeaders = section.Texts("strip"),
            StripParameters = section.Texts("strip_params"),
            DuplicateHeaders = section.Texts("duplicate"),
            CustomHeaders = section.TextMap("custom"),
        };
        foreach ((string name, string value) in rules.CustomHeaders)
        {
            if (!HeaderText.IsName(name) || !HeaderText.IsValue(value))
            {
                section.Fail(
                    "custom", "holds what is no header", $"{name}: {value}",
                    "names of letters, digits and dashes, values of one line");
            }
        }

        foreach (string name in rules.DuplicateHeaders)
        {
            if (!HeaderText.IsName(name))
            {
                section.Fail("duplicate", "is not the name of a header", name, "letters, digits and dashes");
            }
        }

        section.End();
        return rules;
    }
}
