using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>Numbers and times as people read them, on the page, in rules and on a terminal.</summary>
internal static class UsageText
{
    public static string Duration(TimeSpan duration) => PageWriter.Readable(duration);

    public static string Money(double amount, PriceTable prices) =>
        $"{amount.ToString(amount < 1 ? "0.0000" : "0.00", CultureInfo.InvariantCulture)} {prices.Currency}";

    public static string Rate(double samplesPerSecond) => samplesPerSecond.ToString(
        samplesPerSecond < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    /// <summary>How long ago: <c>never</c>, <c>now</c>, <c>3 min 4 s ago</c>.</summary>
    public static string Ago(DateTimeOffset? time, DateTimeOffset now)
    {
        if (time is not { } known)
        {
            return "never";
        }

        TimeSpan ago = now - known;
        return ago < TimeSpan.FromSeconds(1) ? "now" : Duration(TimeSpan.FromSeconds(Math.Floor(ago.TotalSeconds))) + " ago";
    }

    /// <summary>A workspace's id, or what stands for it.</summary>
    public static string Workspace(string workspace) => workspace switch
    {
        "" => "–",
        Observation.AnyWorkspace => "all",
        _ => workspace,
    };
}
