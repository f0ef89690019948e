// Made by: npm run api
// From docs/operator-api.json, sha256:ee0a887dc2aeff786441e30b07590fc1ecb8dfccaa99a5dc5acab543c977bc2f

export interface paths {
    "/operator/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How to log in with the OpenID provider */
        get: operations["getLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Onboarded clients */
        get: operations["getClients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One client */
        get: operations["getClientsByClientId"];
        put?: never;
        post?: never;
        /** Delete a client; its key stays refused */
        delete: operations["deleteClientsByClientId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** block a client */
        post: operations["postClientsByClientIdBlock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/unblock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** unblock a client */
        post: operations["postClientsByClientIdUnblock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/readmit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** readmit a client */
        post: operations["postClientsByClientIdReadmit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** retire a client */
        post: operations["postClientsByClientIdRetire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A client as a signed file for another WFM */
        post: operations["postClientsByClientIdExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a client over from another WFM */
        post: operations["postClientsImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/rebind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a client to another WFM */
        post: operations["postClientsByClientIdRebind"];
        /** Take the order to move back */
        delete: operations["deleteClientsByClientIdRebind"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/signers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Other WFMs whose signature under a client is believed */
        get: operations["getSigners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/signers/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Believe the signature of another WFM under a client */
        put: operations["putSignersByFingerprint"];
        post?: never;
        /** Believe the signature of another WFM no longer */
        delete: operations["deleteSignersByFingerprint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** approve the request of a client, by its fingerprint */
        post: operations["postClientsByClientIdApprove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** reject the request of a client, by its fingerprint */
        post: operations["postClientsByClientIdReject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set the labels of a client */
        put: operations["putClientsByClientIdLabels"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/clients/{clientId}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed receipt of an onboarding */
        get: operations["getClientsByClientIdReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/enrollments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests to be let in */
        get: operations["getEnrollments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/enrollments/{enrollmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One request */
        get: operations["getEnrollmentsByEnrollmentId"];
        put?: never;
        post?: never;
        /** Forget an undecided or rejected request */
        delete: operations["deleteEnrollmentsByEnrollmentId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/enrollments/{enrollmentId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** approve a request */
        post: operations["postEnrollmentsByEnrollmentIdApprove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/enrollments/{enrollmentId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** reject a request */
        post: operations["postEnrollmentsByEnrollmentIdReject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/preauthorizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is let in when it comes */
        get: operations["getPreauthorizations"];
        put?: never;
        /** Add certificates or fingerprints */
        post: operations["postPreauthorizations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/preauthorizations/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pre-authorise the key of a request file, and answer with a trust pack for that device */
        post: operations["postPreauthorizationsRequests"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/preauthorizations/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take one back */
        delete: operations["deletePreauthorizationsByFingerprint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-authorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Groups of certificate authorities whose devices may be let in */
        get: operations["getDeviceAuthorities"];
        put?: never;
        /** Add a group of certificate authorities */
        post: operations["postDeviceAuthorities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-authorities/{name}/crl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Upload a revocation list */
        post: operations["postDeviceAuthoritiesByNameCrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-authorities/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a group; clients that came in by it stay */
        delete: operations["deleteDeviceAuthoritiesByName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The admission rules in force */
        get: operations["getRules"];
        /** Activate a rule set */
        put: operations["putRules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/rules/rehearse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a rule set would have decided differently about the recorded requests */
        post: operations["postRulesRehearse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tickets that were issued, and what became of them */
        get: operations["getTickets"];
        put?: never;
        /** Issue a ticket that lets a device in */
        post: operations["postTickets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/tickets/{ticketId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a ticket back */
        delete: operations["deleteTicketsByTicketId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reported devices, by selector and free text at once */
        get: operations["getDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/devices/{clientId}/{deviceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One device, and who has set which of its labels */
        get: operations["getDevicesByClientIdByDeviceId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts by vendor, architecture, runtime, deployment type, peripheral, label and last sight */
        get: operations["getDeviceFacets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All found devices as CSV or JSON Lines, streamed */
        get: operations["getDeviceExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-revisions/{clientId}/{deviceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed on a device, and each report as it was received */
        get: operations["getDeviceRevisionsByClientIdByDeviceId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/device-tree/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The gateways of a client and what is behind them */
        get: operations["getDeviceTreeByClientId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/drift-alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reserved and required workloads whose device no longer offers what they need */
        get: operations["getDriftAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set or remove labels */
        post: operations["postLabels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/placement:query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which devices can host an application, which is best, and why the others cannot */
        post: operations["postPlacementQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/placement:explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Constraint by constraint, why one device can host an application or cannot */
        post: operations["postPlacementExplain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Capacity that is committed to planned deployments */
        get: operations["getReservations"];
        put?: never;
        /** Commit capacity of a device to a planned deployment */
        post: operations["postReservations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/reservations/{reservationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Give reserved capacity back */
        delete: operations["deleteReservationsByReservationId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/requirements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Applications that devices must be able to host */
        get: operations["getRequirements"];
        put?: never;
        /** Require that devices be able to host an application; drift alerts tell when one no longer is */
        post: operations["postRequirements"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/requirements/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One requirement, its application, and how many of the devices that are meant can host it now */
        get: operations["getRequirementsByName"];
        put?: never;
        post?: never;
        /** Require it no longer; its alerts end */
        delete: operations["deleteRequirementsByName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what; oldest first when nothing is said */
        get: operations["getAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check the hash chain */
        get: operations["getAuditVerify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/audit/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A signed checkpoint */
        get: operations["getAuditCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happens, as server-sent events */
        get: operations["getEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Receivers of events, and who is asked for admission */
        get: operations["getWebhooks"];
        put?: never;
        /** Tell a receiver what happens, or ask it who gets in */
        post: operations["postWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook, its dead letters, and the certificate by which its receiver knows this WFM */
        get: operations["getWebhooksByName"];
        put?: never;
        post?: never;
        /** Remove a webhook and its dead letters */
        delete: operations["deleteWebhooksByName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks/{name}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** enable a webhook */
        post: operations["postWebhooksByNameEnable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks/{name}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** disable a webhook */
        post: operations["postWebhooksByNameDisable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test and tell what the receiver answered */
        post: operations["postWebhooksByNameTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks/{name}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events that a receiver did not take; the newest thousand are kept */
        get: operations["getWebhooksByNameDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/webhooks/{name}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try dead letters again */
        post: operations["postWebhooksByNameRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Operator tokens */
        get: operations["getTokens"];
        put?: never;
        /** Create an operator token */
        post: operations["postTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an operator token */
        delete: operations["deleteTokensByName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The root CA that devices are given */
        get: operations["getTrust"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trust/pack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a trust pack: URLs, pins, CA certificates and, on demand, a ticket, signed */
        post: operations["postTrustPack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/trust/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rotate the root CA, step by step */
        post: operations["postTrustRotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/join-string": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The line to paste on a device */
        get: operations["getJoinString"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many clients there are in each state, and how many requests wait */
        get: operations["getSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operator/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the token of this request stands for */
        get: operations["getWhoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Client: {
            clientId: string;
            /** @enum {string} */
            state: "active" | "blocked" | "retired";
            fingerprint: string;
            keyFingerprint: string;
            subject: string;
            /** Format: date-time */
            notAfter: string;
            /** Format: date-time */
            createdAt: string;
            decidedBy: string;
            lastSeenAt: string | null;
            labels: {
                [key: string]: string;
            };
            authority: string | null;
            rule: string;
            blockedReason: string | null;
            retiredReason: string | null;
            acknowledgedAt: string | null;
            rebind: {
                /** @enum {string} */
                state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                to: string;
                pins: string[];
                reason: string | null;
                orderedBy: string;
                /** Format: date-time */
                orderedAt: string;
                /** Format: date-time */
                updatedAt: string;
            } | null;
            previousKeyUntil: string | null;
            warnings: string[];
        };
        Signer: {
            fingerprint: string;
            note: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
        };
        Enrollment: {
            enrollmentId: string;
            /** @enum {string} */
            state: "pending" | "approved" | "rejected";
            clientId: string | null;
            fingerprint: string;
            keyFingerprint: string;
            subject: string;
            issuer: string;
            /** Format: date-time */
            notAfter: string;
            words: string[];
            /** Format: date-time */
            firstSeenAt: string;
            /** Format: date-time */
            lastSeenAt: string;
            attempts: number;
            remoteAddress: string | null;
            decidedAt: string | null;
            decidedBy: string | null;
            reason: string | null;
            rule: string | null;
            holdReason: string | null;
            authority: string | null;
            labels: {
                [key: string]: string;
            };
            looksLike: string | null;
            approvals: string[];
            approvalsNeeded: number;
            approvalInto: string | null;
            warnings: string[];
        };
        Preauthorization: {
            fingerprint: string;
            /** @enum {string} */
            kind: "certificate" | "key";
            note: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            usedAt: string | null;
        };
        DeviceAuthority: {
            name: string;
            anchors: {
                subject: string;
                fingerprint: string;
                /** Format: date-time */
                notAfter: string;
            }[];
            intermediates: {
                subject: string;
                fingerprint: string;
                /** Format: date-time */
                notAfter: string;
            }[];
            /** @enum {string} */
            crlPolicy: "none" | "warn" | "fail-closed";
            crlUrl: string | null;
            note: string | null;
            crls: {
                issuer: string;
                entries: number;
                /** Format: date-time */
                thisUpdate: string;
                nextUpdate: string | null;
            }[];
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description groups before it in order that have one of its roots: they decide on what leads to that root, and a rule for this group never sees it */
            shadowedBy: string[];
        };
        Ticket: {
            /** @description as in the audit log; the ticket itself is shown once */
            ticketId: string;
            /**
             * @description one that was taken back has expired
             * @enum {string}
             */
            state: "open" | "used" | "expired";
            clientId: string | null;
            usesLeft: number;
            labels: {
                [key: string]: string;
            };
            note: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** Format: date-time */
            expiresAt: string;
            usedAt: string | null;
        };
        Device: {
            clientId: string;
            deviceId: string;
            profile: string;
            capabilities: {
                [key: string]: unknown;
            };
            digest: string;
            revision: number;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastSeenAt: string;
            labels: {
                [key: string]: string;
            };
        };
        Label: {
            clientId: string;
            /** @description empty where it holds for all devices of the client */
            deviceId: string;
            key: string;
            value: string;
            /**
             * @description the weightier comes first
             * @enum {string}
             */
            source: "operator" | "rule" | "device";
            setBy: string;
            /** Format: date-time */
            setAt: string;
        };
        Revision: {
            revision: number;
            /** Format: date-time */
            at: string;
            profile: string;
            digest: string;
            /** @description against the revision before; empty for the first */
            change: string[];
            /** @description base64 of the report, as it was received */
            document: string;
        };
        DeviceTreeNode: {
            deviceId: string;
            reported: boolean;
            children: components["schemas"]["DeviceTreeNode"][];
        };
        /** @description because of a reservation or of a requirement: one of the two is given */
        DriftAlert: {
            alertId: string;
            reservationId: string | null;
            requirement: string | null;
            clientId: string;
            deviceId: string;
            application: string;
            /** @description constraint by constraint, needed against offered */
            lost: string[];
            /** Format: date-time */
            since: string;
        };
        PlacementAnswer: {
            /** @description how many were looked at */
            devices: number;
            fitting: number;
            copies: number;
            /** @description for as many copies as were asked for */
            enough: boolean;
            candidates: {
                clientId: string;
                deviceId: string;
                vendor: string;
                modelNumber: string;
                labels: {
                    [key: string]: string;
                };
                profile: string;
                /** @description what would stay unused, in thousandths; the least comes first */
                waste: number;
                copies: number;
            }[];
            nearestMisses: {
                devices: number;
                lacks: string;
                constraint: string;
            }[];
            notFitting: {
                clientId: string;
                deviceId: string;
                whyNot: {
                    profile: string;
                    unmet: {
                        constraint: string;
                        needed: string;
                        offered: string;
                        met: boolean;
                        lacks?: string;
                    }[];
                }[];
            }[];
        };
        Reservation: {
            reservationId: string;
            clientId: string;
            deviceId: string;
            application: string;
            requirement: {
                [key: string]: unknown;
            };
            /** @description which CPU entry of the report it counts on; null: it needs no cores, or none suits */
            cpuGroup: number | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description null: it holds until it is released */
            expiresAt: string | null;
        };
        Requirement: {
            name: string;
            /** @description the id of the application */
            application: string;
            /** @description of the devices that must be able to host it; empty for all */
            selector: string;
            /** @description the device that a deployment names */
            target: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
        };
        AuditEntry: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            action: string;
            subject: string;
            detail: {
                [key: string]: unknown;
            };
            hash: string;
            previousHash: string;
        };
        Webhook: {
            name: string;
            /** @enum {string} */
            kind: "events" | "admission";
            url: string;
            types: string[];
            ca: string | null;
            enabled: boolean;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description the last event that is done with */
            position: number;
            /** @description how often the next event was tried */
            tries: number;
            nextTryAt: string | null;
            lastStatus: number | null;
            lastError: string | null;
            lastAt: string | null;
            droppedDeadLetters: number;
        };
        DeadLetter: {
            /** @description id of the event */
            seq: number;
            /** Format: date-time */
            diedAt: string;
            tries: number;
            lastStatus: number | null;
            lastError: string | null;
            /** @description put back, and about to be tried again */
            queued: boolean;
        };
        Token: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            createdAt: string | null;
            createdBy: string;
            expiresAt: string | null;
            lastUsedAt: string | null;
            revokedAt: string | null;
            /** @enum {string} */
            state: "in-force" | "expired" | "revoked";
        };
        Problem: {
            /** @description stable; what went wrong */
            type: string;
            title: string;
            status: number;
            detail?: string;
            instance?: string;
            errors?: {
                field: string;
                message: string;
            }[];
            /** @description with 409: the present state */
            state?: string;
            retryAfterSeconds?: number;
            error: string;
            message: string;
        } & {
            [key: string]: unknown;
        };
    };
    responses: {
        /** @description The request is not valid. */
        "Refused-400": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No valid token. */
        "Refused-401": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The role of the token does not reach. */
        "Refused-403": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing. */
        "Refused-404": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The present state does not allow that. */
        "Refused-409": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Well-formed, but wrong. */
        "Refused-422": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many refused requests; Retry-After says when. */
        "Refused-429": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Anything else that went wrong. */
        "Refused-default": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Problem"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        issuer: string;
                        clientId: string;
                        scopes: string;
                        /**
                         * @description which one to send as bearer token
                         * @enum {string}
                         */
                        token: "id_token" | "access_token";
                        audience: string;
                        /** @description PEM, where the issuer has no certificate of a public CA */
                        issuerCa: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            404: components["responses"]["Refused-404"];
            default: components["responses"]["Refused-default"];
        };
    };
    getClients: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt" | "lastSeenAt" | "-lastSeenAt" | "subject" | "-subject" | "notAfter" | "-notAfter" | "labels" | "-labels";
                state?: "active" | "blocked" | "retired";
                /** @description part of a name, any case */
                text?: string;
                /** @description its beginning */
                fingerprint?: string;
                authority?: string;
                /** @description key=value, or key for any value */
                label?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Client"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getClientsByClientId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteClientsByClientId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdBlock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdUnblock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdReadmit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdRetire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    retire?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        format: "muster-client-1";
                        /** @description JSON text, as it was signed */
                        statement: string;
                        signature: string;
                        certificate: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsImport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    file: string;
                    signer?: string;
                    acceptSigner?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdRebind: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    joinString: string;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteClientsByClientIdRebind: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getSigners: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt" | "fingerprint" | "-fingerprint";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Signer"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    putSignersByFingerprint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteSignersByFingerprint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdApprove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                    into?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrollmentId: string;
                        /** @enum {string} */
                        state: "pending" | "approved" | "rejected";
                        clientId: string | null;
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        issuer: string;
                        /** Format: date-time */
                        notAfter: string;
                        words: string[];
                        /** Format: date-time */
                        firstSeenAt: string;
                        /** Format: date-time */
                        lastSeenAt: string;
                        attempts: number;
                        remoteAddress: string | null;
                        decidedAt: string | null;
                        decidedBy: string | null;
                        reason: string | null;
                        rule: string | null;
                        holdReason: string | null;
                        authority: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        looksLike: string | null;
                        approvals: string[];
                        approvalsNeeded: number;
                        approvalInto: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postClientsByClientIdReject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrollmentId: string;
                        /** @enum {string} */
                        state: "pending" | "approved" | "rejected";
                        clientId: string | null;
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        issuer: string;
                        /** Format: date-time */
                        notAfter: string;
                        words: string[];
                        /** Format: date-time */
                        firstSeenAt: string;
                        /** Format: date-time */
                        lastSeenAt: string;
                        attempts: number;
                        remoteAddress: string | null;
                        decidedAt: string | null;
                        decidedBy: string | null;
                        reason: string | null;
                        rule: string | null;
                        holdReason: string | null;
                        authority: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        looksLike: string | null;
                        approvals: string[];
                        approvalsNeeded: number;
                        approvalInto: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    putClientsByClientIdLabels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    labels: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        /** @enum {string} */
                        state: "active" | "blocked" | "retired";
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        /** Format: date-time */
                        notAfter: string;
                        /** Format: date-time */
                        createdAt: string;
                        decidedBy: string;
                        lastSeenAt: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        authority: string | null;
                        rule: string;
                        blockedReason: string | null;
                        retiredReason: string | null;
                        acknowledgedAt: string | null;
                        rebind: {
                            /** @enum {string} */
                            state: "ordered" | "told" | "accepted" | "moved" | "failed" | "cancelled";
                            to: string;
                            pins: string[];
                            reason: string | null;
                            orderedBy: string;
                            /** Format: date-time */
                            orderedAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        } | null;
                        previousKeyUntil: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getClientsByClientIdReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        format: "muster-receipt-1";
                        request: {
                            method: string;
                            targetUri: string;
                            /** @description names and values in turn, as they came */
                            fields: string[];
                            /** @description base64 */
                            body: string;
                        };
                        /** @description JSON text, as it was signed */
                        statement: string;
                        signature: string;
                        certificate: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getEnrollments: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "firstSeenAt" | "-firstSeenAt" | "lastSeenAt" | "-lastSeenAt" | "subject" | "-subject";
                state?: "pending" | "approved" | "rejected";
                /** @description part of a name, any case */
                text?: string;
                /** @description its beginning */
                fingerprint?: string;
                authority?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Enrollment"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getEnrollmentsByEnrollmentId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                enrollmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrollmentId: string;
                        /** @enum {string} */
                        state: "pending" | "approved" | "rejected";
                        clientId: string | null;
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        issuer: string;
                        /** Format: date-time */
                        notAfter: string;
                        words: string[];
                        /** Format: date-time */
                        firstSeenAt: string;
                        /** Format: date-time */
                        lastSeenAt: string;
                        attempts: number;
                        remoteAddress: string | null;
                        decidedAt: string | null;
                        decidedBy: string | null;
                        reason: string | null;
                        rule: string | null;
                        holdReason: string | null;
                        authority: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        looksLike: string | null;
                        approvals: string[];
                        approvalsNeeded: number;
                        approvalInto: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteEnrollmentsByEnrollmentId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                enrollmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postEnrollmentsByEnrollmentIdApprove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                enrollmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                    into?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrollmentId: string;
                        /** @enum {string} */
                        state: "pending" | "approved" | "rejected";
                        clientId: string | null;
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        issuer: string;
                        /** Format: date-time */
                        notAfter: string;
                        words: string[];
                        /** Format: date-time */
                        firstSeenAt: string;
                        /** Format: date-time */
                        lastSeenAt: string;
                        attempts: number;
                        remoteAddress: string | null;
                        decidedAt: string | null;
                        decidedBy: string | null;
                        reason: string | null;
                        rule: string | null;
                        holdReason: string | null;
                        authority: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        looksLike: string | null;
                        approvals: string[];
                        approvalsNeeded: number;
                        approvalInto: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postEnrollmentsByEnrollmentIdReject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                enrollmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrollmentId: string;
                        /** @enum {string} */
                        state: "pending" | "approved" | "rejected";
                        clientId: string | null;
                        fingerprint: string;
                        keyFingerprint: string;
                        subject: string;
                        issuer: string;
                        /** Format: date-time */
                        notAfter: string;
                        words: string[];
                        /** Format: date-time */
                        firstSeenAt: string;
                        /** Format: date-time */
                        lastSeenAt: string;
                        attempts: number;
                        remoteAddress: string | null;
                        decidedAt: string | null;
                        decidedBy: string | null;
                        reason: string | null;
                        rule: string | null;
                        holdReason: string | null;
                        authority: string | null;
                        labels: {
                            [key: string]: string;
                        };
                        looksLike: string | null;
                        approvals: string[];
                        approvalsNeeded: number;
                        approvalInto: string | null;
                        warnings: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getPreauthorizations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "fingerprint" | "-fingerprint" | "createdAt" | "-createdAt";
                state?: "unused" | "used";
                kind?: "certificate" | "key";
                /** @description its beginning */
                fingerprint?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Preauthorization"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postPreauthorizations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    dryRun?: boolean;
                    items: {
                        certificate?: string;
                        fingerprint?: string;
                        /** @enum {string} */
                        kind?: "certificate" | "key";
                        note?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        added: number;
                        existing: number;
                        items: {
                            index: number;
                            /** @enum {string} */
                            status: "ok" | "invalid";
                            fingerprint: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postPreauthorizationsRequests: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    request: string;
                    dryRun?: boolean;
                    days?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "added" | "existing" | "onboarded" | "would-add";
                        deviceId: string;
                        clientId: string | null;
                        keyFingerprint: string;
                        fingerprint: string;
                        subject: string;
                        words: string[];
                        warnings: string[];
                        madeAt: string;
                        capabilities: {
                            [key: string]: unknown;
                        } | null;
                        answer: {
                            /** @enum {string} */
                            format: "muster-trust-pack-1";
                            /** @description JSON text, as it was signed */
                            statement: string;
                            signature: string;
                            certificate: string;
                        } | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deletePreauthorizationsByFingerprint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDeviceAuthorities: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt" | "name" | "-name";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DeviceAuthority"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postDeviceAuthorities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description PEM or base64; roots and intermediates */
                    certificates: string;
                    /** @enum {string} */
                    crlPolicy?: "none" | "warn" | "fail-closed";
                    crlUrl?: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        anchors: {
                            subject: string;
                            fingerprint: string;
                            /** Format: date-time */
                            notAfter: string;
                        }[];
                        intermediates: {
                            subject: string;
                            fingerprint: string;
                            /** Format: date-time */
                            notAfter: string;
                        }[];
                        /** @enum {string} */
                        crlPolicy: "none" | "warn" | "fail-closed";
                        crlUrl: string | null;
                        note: string | null;
                        crls: {
                            issuer: string;
                            entries: number;
                            /** Format: date-time */
                            thisUpdate: string;
                            nextUpdate: string | null;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description groups before it in order that have one of its roots: they decide on what leads to that root, and a rule for this group never sees it */
                        shadowedBy: string[];
                    };
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        anchors: {
                            subject: string;
                            fingerprint: string;
                            /** Format: date-time */
                            notAfter: string;
                        }[];
                        intermediates: {
                            subject: string;
                            fingerprint: string;
                            /** Format: date-time */
                            notAfter: string;
                        }[];
                        /** @enum {string} */
                        crlPolicy: "none" | "warn" | "fail-closed";
                        crlUrl: string | null;
                        note: string | null;
                        crls: {
                            issuer: string;
                            entries: number;
                            /** Format: date-time */
                            thisUpdate: string;
                            nextUpdate: string | null;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description groups before it in order that have one of its roots: they decide on what leads to that root, and a rule for this group never sees it */
                        shadowedBy: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postDeviceAuthoritiesByNameCrl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description base64 of DER or PEM */
                    crl: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        result: "stored" | "unchanged" | "older";
                        entries: number;
                        blocked: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteDeviceAuthoritiesByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        version: number;
                        comment: string;
                        createdAt: string | null;
                        createdBy: string;
                        /** @enum {string} */
                        otherwise: "hold" | "open" | "closed";
                        rules: ({
                            name: string;
                            /** @enum {string} */
                            action: "allow" | "hold" | "deny";
                            reason: string;
                            match: {
                                authority?: string;
                            } & {
                                [key: string]: unknown;
                            };
                        } & {
                            [key: string]: unknown;
                        })[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    putRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description the version that was edited; 0 for the first */
                    version: number;
                    comment?: string;
                    rules: {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        version: number;
                        rules: number;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postRulesRehearse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    rules: {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getTickets: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt" | "expiresAt" | "-expiresAt";
                state?: "open" | "used" | "expired";
                clientId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Ticket"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postTickets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    clientId?: string;
                    uses?: number;
                    hours?: number;
                    labels?: {
                        [key: string]: string;
                    };
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ticket: string;
                        /** @description by which it is taken back */
                        ticketId: string;
                        clientId: string | null;
                        uses: number;
                        /** Format: date-time */
                        expiresAt: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteTicketsByTicketId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDevices: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt" | "deviceId" | "-deviceId" | "lastSeenAt" | "-lastSeenAt" | "updatedAt" | "-updatedAt" | "created" | "-created" | "id" | "-id" | "seen" | "-seen" | "changed" | "-changed";
                /** @description such as: site=plant7, line in (1, 2), /memory>4Gi */
                selector?: string;
                text?: string;
                clientId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Device"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDevicesByClientIdByDeviceId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
                deviceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        deviceId: string;
                        profile: string;
                        capabilities: {
                            [key: string]: unknown;
                        };
                        digest: string;
                        revision: number;
                        /** Format: date-time */
                        updatedAt: string;
                        /** Format: date-time */
                        lastSeenAt: string;
                        labels: components["schemas"]["Label"][];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDeviceFacets: {
        parameters: {
            query?: {
                /** @description such as: site=plant7, line in (1, 2), /memory>4Gi */
                selector?: string;
                text?: string;
                clientId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: number;
                        facets: {
                            [key: string]: {
                                value: string;
                                devices: number;
                            }[];
                        };
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDeviceExport: {
        parameters: {
            query?: {
                /** @description such as: site=plant7, line in (1, 2), /memory>4Gi */
                selector?: string;
                text?: string;
                clientId?: string;
                sort?: "createdAt" | "-createdAt" | "deviceId" | "-deviceId" | "lastSeenAt" | "-lastSeenAt" | "updatedAt" | "-updatedAt" | "created" | "-created" | "id" | "-id" | "seen" | "-seen" | "changed" | "-changed";
                format?: "csv" | "jsonl";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDeviceRevisionsByClientIdByDeviceId: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
            };
            header?: never;
            path: {
                clientId: string;
                deviceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Revision"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDeviceTreeByClientId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        devices: components["schemas"]["DeviceTreeNode"][];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getDriftAlerts: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "since" | "-since";
                clientId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DriftAlert"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postLabels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    clientId: string;
                    deviceId?: string;
                    labels: {
                        [key: string]: string | null;
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        result: "changed" | "unchanged";
                        labels: components["schemas"]["Label"][];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postPlacementQuery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    application: string | {
                        [key: string]: unknown;
                    };
                    /** @description such as: site=plant7, line in (1, 2), /memory>4Gi */
                    selector?: string;
                    text?: string;
                    clientId?: string;
                    /** @description gw/dev is that device, gw/* each one behind that gateway */
                    target?: string;
                    /** @default 1 */
                    count?: number;
                    /** @default 100 */
                    limit?: number;
                    /** @default 10 */
                    notFitting?: number;
                    /** @description gateway, or the name of a label such as site */
                    spread?: string;
                    whatIf?: {
                        cores?: number;
                        memory?: string;
                        storage?: string;
                        devices?: {
                            capabilities: {
                                [key: string]: unknown;
                            };
                            labels?: {
                                [key: string]: string;
                            };
                        }[];
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        application: {
                            id: string;
                            name: string;
                            version: string;
                        };
                        /** @description how many were looked at */
                        devices: number;
                        fitting: number;
                        copies: number;
                        /** @description for as many copies as were asked for */
                        enough: boolean;
                        candidates: {
                            clientId: string;
                            deviceId: string;
                            vendor: string;
                            modelNumber: string;
                            labels: {
                                [key: string]: string;
                            };
                            profile: string;
                            /** @description what would stay unused, in thousandths; the least comes first */
                            waste: number;
                            copies: number;
                        }[];
                        nearestMisses: {
                            devices: number;
                            lacks: string;
                            constraint: string;
                        }[];
                        notFitting: {
                            clientId: string;
                            deviceId: string;
                            whyNot: {
                                profile: string;
                                unmet: {
                                    constraint: string;
                                    needed: string;
                                    offered: string;
                                    met: boolean;
                                    lacks?: string;
                                }[];
                            }[];
                        }[];
                        whatIf?: components["schemas"]["PlacementAnswer"];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postPlacementExplain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    application: string | {
                        [key: string]: unknown;
                    };
                    clientId: string;
                    deviceId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clientId: string;
                        deviceId: string;
                        fits: boolean;
                        profiles: {
                            profile: string;
                            fits: boolean;
                            checks: {
                                constraint: string;
                                needed: string;
                                offered: string;
                                met: boolean;
                                lacks?: string;
                            }[];
                        }[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getReservations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt";
                clientId?: string;
                /** @description its id */
                application?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Reservation"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postReservations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    application: string | {
                        [key: string]: unknown;
                    };
                    /**
                     * Format: uuid
                     * @description chosen by who asks, so that a repeated request is the same reservation
                     */
                    reservationId?: string;
                    /** @description its id; the first that the device has room for when missing */
                    profile?: string;
                    clientId: string;
                    deviceId: string;
                    /** @description how long it holds; for good when missing */
                    seconds?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reservationId: string;
                        clientId: string;
                        deviceId: string;
                        application: string;
                        requirement: {
                            [key: string]: unknown;
                        };
                        /** @description which CPU entry of the report it counts on; null: it needs no cores, or none suits */
                        cpuGroup: number | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description null: it holds until it is released */
                        expiresAt: string | null;
                    };
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reservationId: string;
                        clientId: string;
                        deviceId: string;
                        application: string;
                        requirement: {
                            [key: string]: unknown;
                        };
                        /** @description which CPU entry of the report it counts on; null: it needs no cores, or none suits */
                        cpuGroup: number | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description null: it holds until it is released */
                        expiresAt: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteReservationsByReservationId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reservationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getRequirements: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "name" | "-name" | "createdAt" | "-createdAt";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Requirement"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postRequirements: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    application: string | {
                        [key: string]: unknown;
                    };
                    /** @description such as: site=plant7, line in (1, 2), /memory>4Gi */
                    selector?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description the id of the application */
                        application: string;
                        /** @description of the devices that must be able to host it; empty for all */
                        selector: string;
                        /** @description the device that a deployment names */
                        target: string | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                    };
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description the id of the application */
                        application: string;
                        /** @description of the devices that must be able to host it; empty for all */
                        selector: string;
                        /** @description the device that a deployment names */
                        target: string | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getRequirementsByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description the id of the application */
                        application: string;
                        /** @description of the devices that must be able to host it; empty for all */
                        selector: string;
                        /** @description the device that a deployment names */
                        target: string | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description the application as it was given */
                        document: string;
                        /** @description that are meant */
                        devices: number;
                        /** @description of these */
                        fitting: number;
                        /** @description the nearest 100 that do not fit, and what they lack */
                        notFitting: {
                            clientId: string;
                            deviceId: string;
                            lacks: string[];
                        }[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteRequirementsByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getAudit: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "seq" | "-seq";
                /** @description an action such as client.blocked, or all of a kind: client */
                action?: string;
                /** @description who, as it stands in the entry; oidc:SUBJECT is a person under whatever name */
                actor?: string;
                /** @description on what, as it stands in the entry; with a clientId come its devices (clientId/deviceId) */
                subject?: string;
                /** @description from this time on */
                since?: string;
                /** @description before this time */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getAuditVerify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        /** @description when the log is whole */
                        entries?: number;
                        /** @description the first entry that is changed or missing */
                        firstBad?: number;
                        reason?: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getAuditCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description JSON text, as it was signed */
                        statement: string;
                        signature: string;
                        certificate: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getEvents: {
        parameters: {
            query?: {
                /** @description beginnings of actions, comma-separated */
                types?: string;
                /** @description the id of an event, as in Last-Event-ID */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getWebhooks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "name" | "-name" | "createdAt" | "-createdAt";
                kind?: "events" | "admission";
                state?: "enabled" | "disabled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Webhook"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    url: string;
                    /** @enum {string} */
                    kind?: "events" | "admission";
                    /** @description beginnings of actions; all when it is left out */
                    types?: string[];
                    /** @description PEM of the CAs to trust, in the place of the public ones */
                    ca?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        kind: "events" | "admission";
                        url: string;
                        types: string[];
                        ca: string | null;
                        enabled: boolean;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description the last event that is done with */
                        position: number;
                        /** @description how often the next event was tried */
                        tries: number;
                        nextTryAt: string | null;
                        lastStatus: number | null;
                        lastError: string | null;
                        lastAt: string | null;
                        droppedDeadLetters: number;
                    };
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        kind: "events" | "admission";
                        url: string;
                        types: string[];
                        ca: string | null;
                        enabled: boolean;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description the last event that is done with */
                        position: number;
                        /** @description how often the next event was tried */
                        tries: number;
                        nextTryAt: string | null;
                        lastStatus: number | null;
                        lastError: string | null;
                        lastAt: string | null;
                        droppedDeadLetters: number;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getWebhooksByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        kind: "events" | "admission";
                        url: string;
                        types: string[];
                        ca: string | null;
                        enabled: boolean;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description the last event that is done with */
                        position: number;
                        /** @description how often the next event was tried */
                        tries: number;
                        nextTryAt: string | null;
                        lastStatus: number | null;
                        lastError: string | null;
                        lastAt: string | null;
                        droppedDeadLetters: number;
                        deadLetters: number;
                        signer: {
                            keyid: string;
                            fingerprint: string;
                            certificate: string;
                        };
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteWebhooksByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postWebhooksByNameEnable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        kind: "events" | "admission";
                        url: string;
                        types: string[];
                        ca: string | null;
                        enabled: boolean;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description the last event that is done with */
                        position: number;
                        /** @description how often the next event was tried */
                        tries: number;
                        nextTryAt: string | null;
                        lastStatus: number | null;
                        lastError: string | null;
                        lastAt: string | null;
                        droppedDeadLetters: number;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postWebhooksByNameDisable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        kind: "events" | "admission";
                        url: string;
                        types: string[];
                        ca: string | null;
                        enabled: boolean;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description the last event that is done with */
                        position: number;
                        /** @description how often the next event was tried */
                        tries: number;
                        nextTryAt: string | null;
                        lastStatus: number | null;
                        lastError: string | null;
                        lastAt: string | null;
                        droppedDeadLetters: number;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postWebhooksByNameTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        isTaken: boolean;
                        status: number | null;
                        milliseconds: number;
                        decision: string | null;
                        error: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getWebhooksByNameDeadLetters: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "seq" | "-seq";
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DeadLetter"][];
                        /** @description older ones that were given up */
                        dropped: number;
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postWebhooksByNameRetry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description the id of an event, as in Last-Event-ID */
                    seq?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queued: number;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getTokens: {
        parameters: {
            query?: {
                limit?: number;
                /** @description the nextCursor of the page before, in the same order */
                cursor?: string;
                /** @description a minus puts the largest first */
                sort?: "createdAt" | "-createdAt" | "name" | "-name" | "lastUsedAt" | "-lastUsedAt" | "expiresAt" | "-expiresAt";
                state?: "in-force" | "expired" | "revoked";
                role?: "viewer" | "operator" | "admin";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Token"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "operator" | "admin";
                    days?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                        createdAt: string | null;
                        createdBy: string;
                        expiresAt: string | null;
                        lastUsedAt: string | null;
                        revokedAt: string | null;
                        /** @enum {string} */
                        state: "in-force" | "expired" | "revoked";
                        token: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    deleteTokensByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getTrust: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        caPin: string;
                        /** @enum {string} */
                        stage: "none" | "announced" | "switched";
                        lacking: {
                            count: number;
                            clientIds: string[];
                        };
                        auditSigner: string;
                        certificates: {
                            pin: string;
                            subject: string;
                            /** Format: date-time */
                            notBefore: string;
                            /** Format: date-time */
                            notAfter: string;
                            pem: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postTrustPack: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    days?: number;
                    ticket?: string;
                    newTicket?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        format: "muster-trust-pack-1";
                        /** @description JSON text, as it was signed */
                        statement: string;
                        signature: string;
                        certificate: string;
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    postTrustRotate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    step: "announce" | "switch" | "finish";
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stage: string;
                        pins: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            409: components["responses"]["Refused-409"];
            422: components["responses"]["Refused-422"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getJoinString: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        joinString: string;
                        urls: string[];
                        pins: string[];
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getSummary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clients: {
                            active: number;
                            blocked: number;
                            retired: number;
                        };
                        enrollments: {
                            pending: number;
                        };
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
    getWhoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description as it stands in the audit log */
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                    };
                };
            };
            400: components["responses"]["Refused-400"];
            401: components["responses"]["Refused-401"];
            403: components["responses"]["Refused-403"];
            404: components["responses"]["Refused-404"];
            429: components["responses"]["Refused-429"];
            default: components["responses"]["Refused-default"];
        };
    };
}
