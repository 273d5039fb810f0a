using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace AmpEdge.Proxy.Listening;

/// <summary>The subject alternative names of a certificate (RFC 5280, section 4.2.1.6): e-mail, DNS and URI.</summary>
internal static class AlternativeNames
{
    private const string Extension = "2.5.29.17";

    private static readonly Asn1Tag s_email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag s_dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);

    /// <summary>In their order; empty when there are none or they cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        List<string> names = [];
        try
        {
            foreach (X509Extension extension in certificate.Extensions)
            {
                if (extension.Oid?.Value == Extension)
                {
                    Read(extension.RawData, names);
                }
            }
        }
        catch (AsnContentException)
        {
            // A name that cannot be read names nobody.
            names.Clear();
        }

        return names;
    }

    private static void Read(byte[] extension, List<string> names)
    {
        AsnReader list = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData)
        {
            Asn1Tag tag = list.PeekTag();
            if (tag == s_email || tag == s_dns || tag == s_uri)
            {
                names.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            }
            else
            {
                list.ReadEncodedValue();
            }
        }
    }
}
