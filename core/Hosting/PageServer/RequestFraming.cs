using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>What the fields of a head say of the body and of the connection (RFC 9112, 3.2, 6 and 9.3).</summary>
internal static class RequestFraming
{
    /// <summary>The head with its framing; null with the refusal when it contradicts itself.</summary>
    public static RequestHead? Apply(RequestHead head, out RequestRefusal refusal)
    {
        refusal = CheckHost(head);
        if (refusal.IsRefused)
        {
            return null;
        }

        refusal = ReadLength(head, out long length, out bool isChunked);
        if (refusal.IsRefused)
        {
            return null;
        }

        string expect = head.Field("Expect");
        bool expectsContinue = expect.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        if (expect.Length > 0 && !expectsContinue)
        {
            refusal = new RequestRefusal(417, "only the expectation 100-continue is known here");
            return null;
        }

        string connection = head.Field("Connection");
        return head with
        {
            ContentLength = length,
            IsChunked = isChunked,
            ExpectsContinue = expectsContinue && !head.IsHttp10,
            KeepsConnection = !Names(connection, "close") && (!head.IsHttp10 || Names(connection, "keep-alive")),
        };
    }

    private static RequestRefusal CheckHost(RequestHead head)
    {
        int hosts = head.CountOf("Host");
        return hosts > 1 || (hosts == 0 && !head.IsHttp10)
            ? RequestRefusal.Malformed("it needs one Host field")
            : RequestRefusal.None;
    }

    private static RequestRefusal ReadLength(RequestHead head, out long length, out bool isChunked)
    {
        (length, isChunked) = (0, false);
        int lengths = head.CountOf("Content-Length");
        if (head.CountOf("Transfer-Encoding") > 0)
        {
            isChunked = head.Field("Transfer-Encoding").Equals("chunked", StringComparison.OrdinalIgnoreCase);
            return lengths > 0 || head.IsHttp10
                ? RequestRefusal.Malformed("it says in two ways how long its body is")
                : isChunked ? RequestRefusal.None : new RequestRefusal(501, "only the transfer coding chunked is known here");
        }

        return lengths == 0
            || (lengths == 1 && long.TryParse(
                head.Field("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out length))
            ? RequestRefusal.None
            : RequestRefusal.Malformed("its Content-Length is no number");
    }

    private static bool Names(string list, string option)
    {
        foreach (Range part in list.AsSpan().Split(','))
        {
            if (list.AsSpan()[part].Trim().Equals(option, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
