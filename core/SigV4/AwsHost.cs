using System.Buffers;
using System.Globalization;

namespace AmpEdge.SigV4;

/// <summary>Reads region and service out of the host names of AWS endpoints.</summary>
public static class AwsHost
{
    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <summary>The domains of all partitions, each with that of its dual-stack endpoints.</summary>
    private static readonly string[] s_suffixes =
    [
        ".amazonaws.com", ".api.aws",
        ".amazonaws.com.cn", ".api.amazonwebservices.com.cn",
        ".amazonaws.eu", ".api.amazonwebservices.eu",
        ".c2s.ic.gov", ".api.aws.ic.gov",
        ".sc2s.sgov.gov", ".api.aws.scloud",
        ".cloud.adc-e.uk", ".api.cloud-aws.adc-e.uk",
        ".csp.hci.ic.gov", ".api.aws.hci.ic.gov",
    ];

    /// <summary>Services with one endpoint for all regions, which are signed for in one of them.</summary>
    private static readonly string[] s_global = ["cloudfront", "iam", "organizations", "route53", "sts"];

    /// <summary>
    /// Understands <c>service.region.amazonaws.com</c> with its FIPS, dual-stack and VPC endpoint forms in every partition,
    /// and <c>name.region.service.amazonaws.com</c>. A port is ignored. False for any other host.
    /// </summary>
    /// <remarks>
    /// Only letters, digits, dots and dashes pass, and only digits as port: with <c>@</c>, <c>/</c> or <c>#</c> in it, a
    /// text that ends like an AWS host would lead a URL somewhere else.
    /// </remarks>
    public static bool TryParse(string host, out SigningScope scope)
    {
        scope = default;
        if (!TrySplitPort(host, out ReadOnlySpan<char> name) || name.ContainsAnyExcept(s_nameCharacters))
        {
            return false;
        }

        name = name.TrimEnd('.');
        foreach (string suffix in s_suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return TryParseLabels(name[..^suffix.Length].ToString().ToLowerInvariant(), out scope);
            }
        }

        return false;
    }

    private static bool TryParseLabels(string name, out SigningScope scope)
    {
        List<string> labels = [.. name.Split('.')];
        if (labels.Count > 1 && labels[^1] == "vpce")
        {
            labels.RemoveAt(labels.Count - 1);
        }

        // Older dual-stack endpoints: s3.dualstack.us-west-2.amazonaws.com.
        labels.Remove("dualstack");
        int last = labels.Count - 1;
        if (last == 0 && Array.IndexOf(s_global, SigningName(labels[0])) >= 0)
        {
            scope = new SigningScope("us-east-1", SigningName(labels[0]));
            return true;
        }

        bool regionLast = last >= 1 && IsRegion(labels[last]);
        bool serviceLast = last >= 1 && IsRegion(labels[last - 1]);
        scope = regionLast ? new SigningScope(labels[last], SigningName(labels[last - 1]))
            : serviceLast ? new SigningScope(labels[last - 1], SigningName(labels[last]))
            : default;
        return regionLast || serviceLast;
    }

    /// <summary>A few endpoints are named otherwise than their signatures.</summary>
    private static string SigningName(string endpoint)
    {
        const string Fips = "fips";
        string name = endpoint.EndsWith("-" + Fips, StringComparison.Ordinal) ? endpoint[..^(Fips.Length + 1)]
            : endpoint.StartsWith(Fips + "-", StringComparison.Ordinal) ? endpoint[(Fips.Length + 1)..]
            : endpoint;
        return name is "aps-workspaces" ? "aps" : name;
    }

    /// <summary>Such as <c>us-east-1</c>, <c>us-gov-west-1</c> or <c>eusc-de-east-1</c>.</summary>
    private static bool IsRegion(string label)
    {
        string[] parts = label.Split('-');
        if (parts.Length is < 3 or > 4 || parts[0].Length is < 2 or > 4 || !IsAll(parts[^1], char.IsAsciiDigit))
        {
            return false;
        }

        for (int index = 0; index < parts.Length - 1; index++)
        {
            if (!IsAll(parts[index], char.IsAsciiLetter))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAll(string text, Func<char, bool> test)
    {
        foreach (char value in text)
        {
            if (!test(value))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static bool TrySplitPort(ReadOnlySpan<char> host, out ReadOnlySpan<char> name)
    {
        int colon = host.IndexOf(':');
        name = colon < 0 ? host : host[..colon];
        return colon < 0
            || ushort.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
