using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads <c>local_answers</c>: a switch for each request, and <c>all</c> for those that are not named.</summary>
internal static class LocalAnswersReader
{
    public static LocalAnswersConfig Read(ConfigSection? section)
    {
        if (section is null)
        {
            return new LocalAnswersConfig();
        }

        bool all = section.Bool("all", false);
        LocalAnswersConfig answers = new()
        {
            BuildInfo = section.Bool("buildinfo", all),
            Config = section.Bool("config", all),
            Flags = section.Bool("flags", all),
            RuntimeInfo = section.Bool("runtimeinfo", all),
            FormatQuery = section.Bool("format_query", all),
            ParseQuery = section.Bool("parse_query", all),
            Healthy = section.Bool("healthy", all),
            Ready = section.Bool("ready", all),
        };
        section.End();
        return answers;
    }
}
