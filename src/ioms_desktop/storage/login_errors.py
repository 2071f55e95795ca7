"""Translates authentication errors of Kerberos and certificates, and errors in addresses, into sentences.

OpenSSL's messages differ between versions: only the part common to all is searched for.
"""

RENEW_TICKET_ADVICE = "sign in to this computer or the network again, or run kinit"
LOGIN_ERROR_MESSAGES = (
    (
        "no password supplied",
        "The server asks for a password, and none was given. Nothing was opened; give yours and try again.",
    ),
    # Kerberos
    ("ticket expired", f"Your Kerberos ticket has run out. Nothing was opened; {RENEW_TICKET_ADVICE}."),
    ("gssapi authentication failed", "Your Kerberos ticket was given to another name. Nothing was opened; use that."),
    (
        "no credentials were supplied",
        f"There is no Kerberos ticket on this computer. Nothing was opened; {RENEW_TICKET_ADVICE}.",
    ),
    (
        "no kerberos credentials",
        f"There is no Kerberos ticket on this computer. Nothing was opened; {RENEW_TICKET_ADVICE}.",
    ),
    (
        "clock skew",
        (
            "The clock of this computer is too far from that of the network for Kerberos. Nothing was opened; set "
            "it by the network."
        ),
    ),
    (
        "in kerberos database",
        (
            "Kerberos does not know this server by this name. Nothing was opened; check the address, or ask an "
            "administrator to register it."
        ),
    ),
    ("gssapi", "Kerberos did not bring you in to this server. Nothing was opened; ask an administrator."),
    # Certificates of persons
    (
        "requires a valid client certificate",
        (
            "The server asks for your certificate, and this computer gave none. Nothing was opened; name it in the "
            "address with sslcert and sslkey."
        ),
    ),
    (
        "certificate authentication failed",
        (
            "Your certificate was made out to another name. Nothing was opened; type that name, or name your own "
            "certificate by sslcert."
        ),
    ),
    (
        "alert certificate expired",
        (
            "Your certificate has run out, or the server's list of those withdrawn has. Nothing was opened; look at "
            "the day on which yours ends, and ask an administrator."
        ),
    ),
    (
        "alert certificate revoked",
        "Your certificate was withdrawn. Nothing was opened; ask an administrator for another.",
    ),
    (
        "alert bad certificate",
        (
            "The server does not take your certificate: it may not be valid yet. Nothing was opened; check this "
            "computer's clock, or ask an administrator."
        ),
    ),
    *(
        (
            said,
            (
                "Your certificate was issued by an authority which the server does not trust. Nothing was opened; ask "
                "an administrator for one of theirs."
            ),
        )
        for said in ("alert unknown ca", "alert decrypt error")
    ),
    (
        "has group or world access",
        (
            "Others on this computer may read the key of your certificate. Nothing was sent; let only yourself read it "
            "(chmod 600), and ask for another certificate if somebody may have taken it."
        ),
    ),
    (
        "key values mismatch",
        "The key does not belong to the certificate. Nothing was sent; check sslcert and sslkey in the address.",
    ),
    (
        "but not private key file",
        "The key of your certificate is not where it should be. Nothing was sent; name it in the address by sslkey.",
    ),
    (
        "could not load private key file",
        (
            "The key of your certificate could not be opened. Nothing was sent; type the phrase it lies under as your "
            "password, and check sslkey in the address."
        ),
    ),
    (
        "could not read certificate file",
        "There is no certificate in the file that should hold yours. Nothing was sent; check sslcert in the address.",
    ),
    # Addresses
    (
        "invalid connection option",
        "The address has an option that does not exist. Nothing was opened; check what follows its question mark.",
    ),
    (
        "invalid sslmode value",
        "The address has an sslmode that does not exist. Nothing was opened; use sslmode=verify-full.",
    ),
    ("definition of service", "The service that the address names is not known here. Check pg_service.conf."),
)
"""Parts of error messages, in lower case, and our sentences for them."""
